# EventSQL. `make demo` and `make test` do all set-up by themselves; `make help` lists the rest.

SWIFT ?= swift
BUILD_FLAGS ?=
DEMO_DIR ?= demo.db
# A Python that has chdb, for the comparison with ClickHouse.
PEERS_PYTHON = $(or $(EVENTSQL_PEERS_PYTHON),python3)
EVENTSQL = .build/release/eventsql
LINTED = Package.swift Sources Tests $(wildcard Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Tests)

.DEFAULT_GOAL := help
.PHONY: help deps build demo test fuzz crash check-data lint format clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{ printf "  make %-12s %s\n", $$1, $$2 }'

deps: ## install the Debian packages that are missing
	@scripts/install-deps

build: deps ## the release binary, .build/release/eventsql
	$(SWIFT) build -c release --product eventsql $(BUILD_FLAGS)

demo: build ## real events in, a funnel, a retention triangle and a cohort out
	@$(EVENTSQL) demo $(DEMO_DIR)

test: deps ## build everything and run all tests
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	@if command -v python3 >/dev/null; then python3 Tests/scripts/check_datasets.py .build/debug/eventsql $(DATA); \
	else echo "skipped: the data sets are checked with python3, which is not here"; fi
	@if command -v $(PEERS_PYTHON) >/dev/null; then $(PEERS_PYTHON) Tests/scripts/compare_streams.py .build/debug/eventsql; \
	else echo "skipped: stream functions are compared with ClickHouse by $(PEERS_PYTHON), which is not here"; fi
	@if command -v $(PEERS_PYTHON) >/dev/null; then $(PEERS_PYTHON) Tests/scripts/compare_duckdb.py .build/debug/eventsql; \
	else echo "skipped: SQL is compared with DuckDB by $(PEERS_PYTHON), which is not here"; fi
	@if command -v python3 >/dev/null; then python3 Tests/scripts/check_memory.py .build/debug/eventsql 24 150000; \
	else echo "skipped: resident memory is checked with python3, which is not here"; fi
	$(SWIFT) test --skip-build $(BUILD_FLAGS)

fuzz: deps ## random queries against SQLite, mangled statements: SECONDS=60, SEED= repeats a run
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	FUZZ_SECONDS=$(or $(SECONDS),60) $(if $(SEED),SLT_SEED=$(SEED)) \
		$(SWIFT) test --skip-build --filter 'DifferentialTests|BinderFuzzTests' $(BUILD_FLAGS)

crash: deps ## kill, tear and fill a database: SECONDS=600, SEED= repeats a run
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	CRASH_SECONDS=$(or $(SECONDS),600) $(if $(SEED),CRASH_SEED=$(SEED)) \
		$(SWIFT) test --skip-build --filter 'KillTests|ReaderProcessTests|RandomCrashTests|MixedCrashTests|LostManifestTests' $(BUILD_FLAGS)

check-data: build ## every data set against brute force in Python (../shared/data, or DATA=folder)
	python3 Tests/scripts/check_datasets.py $(EVENTSQL) $(DATA)

lint: ## check the format of every Swift file
	$(SWIFT) format lint --strict --parallel --recursive $(LINTED)

format: ## put every Swift file into the format
	$(SWIFT) format format --in-place --parallel --recursive $(LINTED)

clean: ## remove what was built, and the demo database
	rm -rf .build Benchmarks/.build $(DEMO_DIR)

-include Benchmarks/bench.mk
