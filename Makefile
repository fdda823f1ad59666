# SPDX-License-Identifier: Apache-2.0
# Every target does its own set-up: on a fresh machine with Swift, `make demo` and `make test` are enough.

# One file to ship, and a tenth less time for an order than with shared Swift libraries.
RELEASE := -c release $(if $(filter Linux,$(shell uname -s)),--static-swift-stdlib)

.DEFAULT_GOAL := test
.PHONY: setup demo test contracts bench bench-http crashlab simulate run clean

# Install what the build and the tests need and the machine lacks.
setup:
	@scripts/setup.sh

# Replay a month of real orders through the whole house.
demo: setup
	swift build $(RELEASE) --product orderhouse
	.build/release/orderhouse demo

# Build everything, run every test, and beside them play two minutes of seeds (in a release build);
# ARGS='--filter Canceling' runs some tests and no seeds. It does its own set-up.
test:
	@scripts/test.sh $(ARGS)

# Write what follows from the declarations of facts: Swift types, schema, reference page. A test
# compares them.
contracts: setup
	swift run makecontracts

# Measure the full saga, from placed to completed, and the bare engine in it.
bench: setup
	swift build $(RELEASE) --product orderlab
	.build/release/orderlab bench saga
	swift build $(RELEASE) --product ordersim
	.build/release/ordersim bench engine

# Measure orders over HTTP as users send them, until the last mail has left: rate, latency, processor
# time. DURATION, CONNECTIONS and ORDERS of the environment shorten or widen it (scripts/bench-http.sh).
bench-http:
	@scripts/setup.sh wrk
	@scripts/bench-http.sh

# Kill the program at every write, fail its system calls, cut its power; ARGS go to the crash lab.
crashlab: setup
	@scripts/crashlab.sh $(ARGS)

# Play fresh seeds of the whole house under faults; the first one is printed with what fails.
simulate: setup
	swift build $(RELEASE) --product ordersim
	.build/release/ordersim --seed $$(date +%s)00000 --seeds 20000 --marks
	.build/release/ordersim --seed $$(date +%s)00000 --seeds 1000 --orders 15 --metamorphic
	.build/release/ordersim --seed $$(date +%s)00000 --seeds 200 --orders 20 --sqlite
	.build/release/ordersim mutants

# Serve on 127.0.0.1:8080: there is no authentication yet (see SECURITY.md).
run: setup
	swift build $(RELEASE) --product orderhouse
	.build/release/orderhouse serve --data .data

# Remove what was built; the orders in .data stay.
clean:
	swift package clean
	rm -rf .build/ordersim
