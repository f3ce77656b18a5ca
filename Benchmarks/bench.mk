# Measuring. `make bench` needs nothing but Python 3; `make bench-peers` makes a virtual environment for the peers.

BENCH := Benchmarks
BENCH_PYTHON ?= python3
BENCH_VENV := $(BENCH)/.venv
EVENTS ?= 20000000
BENCH_ARGS ?=

.PHONY: bench bench-build bench-test bench-peers bench-scale bench-gate bench-kernels profile

bench-build:
	swift build --package-path $(BENCH) -c release

## Ours alone: cold and warm, bytes per event, memory, ingest. EVENTS=20000000 BENCH_ARGS="funnel retention"
bench: bench-build
	$(BENCH_PYTHON) $(BENCH)/scripts/bench.py --cold --events $(EVENTS) $(BENCH_ARGS)

$(BENCH_VENV)/ready: $(BENCH)/scripts/requirements.txt
	$(BENCH_PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/pip install --quiet -r $<
	touch $@

## Beside DuckDB and ClickHouse on the same data, answers checked; writes Benchmarks/RESULTS.md
bench-peers: bench-build $(BENCH_VENV)/ready
	$(BENCH_VENV)/bin/python $(BENCH)/scripts/bench.py --peers --events $(EVENTS) --results $(BENCH)/RESULTS.md $(BENCH_ARGS)

## Time and memory against size; writes Benchmarks/SCALE.md and SCALE.svg. SIZES=1,5,20,100 (millions)
SIZES ?= 1,5,20,100
bench-scale: bench-build
	$(BENCH_PYTHON) $(BENCH)/scripts/scale.py --sizes $(SIZES) $(BENCH_ARGS)

## Fails when a count (instructions, allocations, bytes on disk) exceeds its committed threshold; installs valgrind
bench-gate:
	@scripts/install-deps valgrind python3
	$(MAKE) bench-build
	$(BENCH_PYTHON) $(BENCH)/scripts/gate.py $(BENCH_ARGS)

## Single kernels, each alone: unpack, filter, gather, group, bitmap
bench-kernels:
	@scripts/install-deps
	EVENTSQL_KERNEL_BENCHMARKS=1 swift package --scratch-path .build-kernels --disable-sandbox \
		--allow-writing-to-package-directory benchmark

## Where the time of a question goes: make profile QUERY=funnel-3 [BENCH_ARGS=--callgrind]; QUERY=ingest for loading
profile: bench-build
	$(BENCH_PYTHON) $(BENCH)/scripts/profile_question.py $(QUERY) $(BENCH_ARGS)

## The generator's own tests
bench-test:
	swift test --package-path $(BENCH)
