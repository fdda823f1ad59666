-- SPDX-License-Identifier: Apache-2.0
-- What wrk sends for scripts/bench-http.sh: orders of three lines that are paid at once, each under a
-- key of its own. Arguments: the server's process id, a name for this run's keys, the number of
-- connections, and how many orders to place (0: as many as the time allows).

local ffi = require "ffi"
ffi.cdef [[
    struct bench_time { long seconds; long nanoseconds; };
    int clock_gettime(int clock, struct bench_time *time);
    int kill(int process, int signal);
    int getpid(void);
]]

local monotonic, interrupt = 1, 2
local articles = 1000
local time = ffi.new "struct bench_time"

local function now()
    ffi.C.clock_gettime(monotonic, time)
    return tonumber(time.seconds) * 1e6 + tonumber(time.nanoseconds) / 1e3
end

-- Clock ticks that the server has spent, in user and kernel mode together.
local function ticks()
    local file = io.open("/proc/" .. server .. "/stat")
    if not file then return 0 end
    local fields = {}
    -- The program's name stands in parentheses and may hold blanks.
    for field in file:read("*a"):match("%) (.*)"):gmatch("%S+") do fields[#fields + 1] = field end
    file:close()
    return tonumber(fields[12]) + tonumber(fields[13])
end

-- Numbers have a fixed width, so that every body has the same length.
local body = '{"currency":"GBP","lines":['
    .. '{"sku":"SKU-%04d","quantity":1,"unitPrice":"2.55"},'
    .. '{"sku":"SKU-%04d","quantity":2,"unitPrice":"3.75"},'
    .. '{"sku":"SKU-%04d","quantity":3,"unitPrice":"10.95"}],'
    .. '"customer":{"name":"Shopper %07d","email":"shopper%07d@example.com","address":'
    .. '{"line1":"%07d High Street","city":"London","postcode":"N1 1AA","country":"GB"}},'
    .. '"payment":{"token":"tok_ok"}}'
local form
local number, answered, sentAt = 0, 0, 0
samples, samplesKept = {}, 0
startTicks, firstTicks, lastTicks, endTicks = 0, 0, 0, 0

local threads = {}

function setup(thread) threads[#threads + 1] = thread end

function init(arguments)
    server = arguments[1]
    local run, connections, orders = arguments[2], tonumber(arguments[3]), tonumber(arguments[4])
    local length = #body:format(0, 0, 0, 0, 0, 0)
    form = "POST /v1/orders HTTP/1.1\r\nHost: " .. wrk.headers["Host"]
        .. "\r\nContent-Type: application/json\r\nContent-Length: " .. length
        .. "\r\nIdempotency-Key: " .. run .. "-%d\r\n\r\n" .. body
    -- wrk parses an answer's headers for Lua only where there is `response`: that costs processor
    -- time which the server would miss, so only the light runs have it.
    if connections == 1 or orders > 0 then
        response = function(status)
            answered = answered + 1
            if connections == 1 and status < 300 then
                samplesKept = samplesKept + 1
                samples[samplesKept] = now() - sentAt
            end
            if orders > 0 then watch(orders) end
        end
    end
    startTicks = ticks()
end

-- Takes the processor time of the first and of the last tenth, and ends the run with the last order.
function watch(orders)
    local tenth = math.floor(orders / 10)
    if answered == tenth then firstTicks = ticks() end
    if answered == orders - tenth then lastTicks = ticks() end
    if answered == orders then
        endTicks = ticks()
        wrk.thread:stop()
        -- wrk's own thread sleeps until its time is over.
        ffi.C.kill(ffi.C.getpid(), interrupt)
    end
end

function request()
    number = number + 1
    local sku = number * 7
    sentAt = now()
    return form:format(
        number, sku % articles, (sku + 1) % articles, (sku + 2) % articles, number, number, number)
end

local function tell(name, value) print(("result %s %.0f"):format(name, value)) end

function done(summary, latency)
    local errors = summary.errors
    tell("requests", summary.requests)
    tell("refused", errors.status)
    tell("broken", errors.connect + errors.read + errors.write + errors.timeout)
    tell("microseconds", summary.duration)
    tell("p50", latency:percentile(50))
    tell("p99", latency:percentile(99))
    local thread = threads[1]
    local first, last = thread:get("firstTicks"), thread:get("lastTicks")
    tell("firstTenthTicks", first - thread:get("startTicks"))
    tell("lastTenthTicks", thread:get("endTicks") - last)
    local kept = thread:get("samplesKept")
    if kept == 0 then return end
    local samples = thread:get("samples")
    table.sort(samples)
    tell("plainP50", samples[math.ceil(kept * 0.50)])
    tell("plainP99", samples[math.ceil(kept * 0.99)])
end
