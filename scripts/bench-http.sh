#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures the house as its users meet it: `orderhouse serve` as it is released and with its default
# settings, orders of three lines over HTTP on loopback, from the first to the last thing at rest.
# Each part starts with an empty folder on the disk and 1,000 articles in stock. From the environment:
#
#   CONNECTIONS  callers of each part, each waiting for its answer: "1 2 64 512"
#   DURATION     seconds of each part (bash keeps SECONDS for itself): 30
#   ORDERS       orders of the part with two connections, which shows whether the cost of an order
#                grows: 200000
#   REST_MAX     seconds to wait for everything to rest: 180
#   ORDERHOUSE   the program; built when it is not said
#
# wrk sends, because it takes the least of the processor time that server and client share here.
# Its latencies are corrected for coordinated omission: a stall is also charged to the orders that
# it kept from being sent, so that a few stalls of one caller count many times. For one connection
# the plain latencies, as that caller met them, stand beside.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly articles=1000
duration=${DURATION:-30}
connections=${CONNECTIONS:-1 2 64 512}
orders=${ORDERS:-200000}
rest_max=${REST_MAX:-180}

fail() {
    echo "bench-http: $*" >&2
    exit 1
}

for number in "$duration" "$orders" "$rest_max" $connections; do
    [[ $number =~ ^[1-9][0-9]{0,8}$ ]] || fail "'$number' is no count"
done
((orders >= 10)) || fail "ORDERS is 10 or more"
[[ -r /proc/self/stat ]] || fail "the server's processor time is read from /proc: this needs Linux"
command -v wrk >/dev/null || fail "wrk is missing: scripts/setup.sh wrk"
readonly ticks_per_second=$(getconf CLK_TCK)

# On a disk, even where /tmp is in memory.
parent=${TMPDIR:-/tmp}
[[ $(stat -f -c %T "$parent") != tmpfs ]] || parent=/var/tmp
folder=$(mktemp -d "$parent/orderhouse-test-bench-http-XXXXXX")
echo $$ >"$folder/owner.pid"
# What one part leaves stays until the end, and on ext4 each part lies in a place of its own (`T`):
# where thousands of files were removed in the last five minutes, ext4 looks at each of their inodes
# before it makes a new one, which doubled what an order costs.
chattr +T "$folder" 2>/dev/null || true
data=""
parts=0

server=""
loader=""
stop_server() {
    [[ -n $server ]] || return 0
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=""
}
clean_up() {
    [[ -z $loader ]] || kill -KILL "$loader" 2>/dev/null || true
    stop_server
    rm -rf -- "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

if [[ -z ${ORDERHOUSE:-} ]]; then
    swift build -c release --static-swift-stdlib --product orderhouse
    ORDERHOUSE=.build/release/orderhouse
fi

now() { echo "${EPOCHREALTIME/[.,]/}"; }

# Clock ticks that the server has spent.
ticks() {
    local stat
    stat=$(<"/proc/$server/stat") || fail "the server is gone: $(tail -n 5 "$folder/log")"
    # shellcheck disable=SC2086 # The fields are wanted one by one.
    set -- ${stat##*) }
    echo $((${12} + ${13}))
}

mails() {
    if [[ -d $data/mail/new ]]; then
        find "$data/mail/new" -type f -printf x | wc -c
    else
        echo 0
    fi
}

# What changes until everything rests: the heads of the logs.
heads() {
    curl -fsS --max-time 10 "$address/health/ready" | grep -o '"logs":{[^}]*}'
}

start_server() {
    parts=$((parts + 1))
    data=$folder/${folder##*-}-$parts
    : >"$folder/said"
    "$ORDERHOUSE" serve --data "$data" --listen 127.0.0.1:0 \
        >"$folder/said" 2>"$folder/log" &
    server=$!
    echo "$server" >"$folder/server.pid"
    for _ in {1..300}; do
        address=$(sed -n 's/^listening on //p' "$folder/said")
        [[ -z $address ]] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    fail "the server did not start: $(tail -n 5 "$folder/log")"
}

# Counts every article, over one connection.
load_stock() {
    local article counted
    for ((article = 0; article < articles; article++)); do
        ((article == 0)) || echo next
        printf 'url = "%s/v1/stock/main/SKU-%04d"\n' "$address" "$article"
        printf 'request = "PUT"\nsilent\noutput = /dev/null\nwrite-out = "%%{http_code}\\n"\n'
        printf 'header = "Idempotency-Key: count-%d"\ndata = "{\\"onHand\\":900000000}"\n' \
            "$article"
    done >"$folder/stock"
    counted=$(curl -K "$folder/stock" | grep -c '^200$' || true)
    ((counted == articles)) || fail "only $counted of $articles articles could be counted"
}

# Waits until nothing has changed for a while and at least $1 mails are there. Sets `rest_at` to when
# the last change was seen and `rest_ticks` to what the server had spent by then.
wait_for_rest() {
    local least=$1 seen="" state begin
    begin=$(now)
    while true; do
        state="$(heads) $(mails)"
        if [[ $state != "$seen" ]]; then
            seen=$state
            rest_at=$(now)
            rest_ticks=$(ticks)
        elif (($(now) - rest_at > 2000000 && ${state##* } >= least)); then
            return 0
        fi
        if (($(now) - begin > rest_max * 1000000)); then
            echo "bench-http: not at rest after $rest_max s: ${state##* } mails of $least" >&2
            return 1
        fi
        sleep 0.1
    done
}

# A value that the Lua script printed; 0 when it did not.
result() { awk -v name="$1" '$1 == "result" && $2 == name { v = $3 } END { print v + 0 }' "$folder/wrk"; }

# Orders in the store, after the server has ended, by the audit's own count.
audited_orders() {
    "$ORDERHOUSE" audit --data "$data" --json >"$folder/audit" ||
        fail "the audit found something: $(<"$folder/audit")"
    grep -o '"orders":[0-9]*' "$folder/audit" | tail -n 1 | cut -d: -f2
}

part() {
    local callers=$1 limit=0 time=$duration ended before placed sent
    start_server
    load_stock
    if ((callers == 2)); then
        limit=$orders
        time=$((rest_max > orders / 50 ? rest_max : orders / 50))
    fi
    before=$(ticks)
    wrk --threads 1 --connections "$callers" --duration "${time}s" --timeout 10s \
        --script scripts/bench-http.lua "$address" -- "$server" "run-$callers" "$callers" \
        "$limit" >"$folder/wrk" &
    # A signal is heard at once while a child in the background is waited for.
    loader=$!
    wait "$loader" || fail "wrk failed: $(<"$folder/wrk")"
    ended=$(now)
    loader=""
    local answered=$(($(result requests) - $(result refused)))
    ((answered > 0)) || fail "no order was taken: $(<"$folder/wrk")"
    local rested=true
    wait_for_rest "$answered" || rested=false
    stop_server
    sent=$(mails)
    placed=$(audited_orders)

    awk -v callers="$callers" -v answered="$answered" -v us="$(result microseconds)" \
        -v p50="$(result p50)" -v p99="$(result p99)" \
        -v plain50="$(result plainP50)" -v plain99="$(result plainP99)" \
        -v spent=$((rest_ticks - before)) -v hz="$ticks_per_second" -v placed="$placed" \
        -v rest=$((rest_at - ended)) -v mails="$sent" -v limit="$limit" \
        -v first="$(result firstTenthTicks)" -v last="$(result lastTenthTicks)" 'BEGIN {
        printf "%-12s %.0f orders/s (%d in %.1f s)\n", callers (callers == 1 ? " caller" : " callers"),
            answered / us * 1e6, answered, us / 1e6
        printf "  latency    p50 %.2f ms, p99 %.2f ms (corrected for coordinated omission)\n",
            p50 / 1e3, p99 / 1e3
        if (plain50) printf "             p50 %.2f ms, p99 %.2f ms (as the caller met it)\n",
            plain50 / 1e3, plain99 / 1e3
        printf "  processor  %.0f us an order, all in\n", spent / hz / placed * 1e6
        tenth = int(limit / 10)
        if (tenth) {
            printf "             first tenth %.0f us, last tenth %.0f us",
                first / hz / tenth * 1e6, last / hz / tenth * 1e6
            if (first) printf " (%.2f times the first)", last / first
            print ""
        }
        printf "  rest       %.1f s after the last answer; %d orders, %d mails; audit clean\n",
            (rest < 0 ? 0 : rest) / 1e6, placed, mails
    }'
    if (($(result refused) + $(result broken) > 0)); then
        echo "  FAILED     $(result refused) refused, $(result broken) broken or without answer"
        status=1
    fi
    if ((rest_at - ended > 2000000)); then
        echo "  FAILED     it rested later than 2 s after the last answer"
        status=1
    fi
    if ! $rested || ((sent != placed)); then
        echo "  FAILED     not everything came to rest"
        status=1
    fi
}

model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
echo "machine      ${model:-unknown processor}, $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg)"
revision=$("$ORDERHOUSE" --version 2>/dev/null | sed 's/^orderhouse, revision //') || true
echo "revision     ${revision:-unknown}"
echo "settings     as serve has them: one node, SQLite WAL synchronous=FULL, durable mails," \
    "sandbox provider and carrier (0.2 s to the pick-up, 0.3 s to the delivery)"
echo "load         wrk on the same machine, orders of 3 lines from $articles articles, tok_ok;" \
    "files on $(df --output=fstype "$folder" | tail -n 1)"

status=0
for callers in $connections; do part "$callers"; done
exit "$status"
