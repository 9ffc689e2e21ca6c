# The two commands for everybody: `make demo` and `make test`. Both set up what they need.

.PHONY: demo test test-address test-thread bench bench-overhead bench-peers fuzz docs format lint

DIVAR = .build/release/divar

demo: ## Draws a data set, trains on it, and ends with a model, charts and predictions in demo/.
	Scripts/set-up
	swift build -c release --product divar
	rm -rf demo
	$(DIVAR) demo-data --output demo/photos --per-class 150
	$(DIVAR) train --data demo/photos --output demo/run --epochs 15
	$(DIVAR) predict demo/run/model.keras $$(ls demo/photos/*/* | awk 'NR % 150 == 1')
	@echo "Look at demo/run: curves.png, confusion.png, samples.png, report.txt, model.keras"

test: ## Runs all tests, with optimization: kernels are 30 to 200 times slower without.
	Scripts/set-up tests
	swift test -c release

test-address: ## Runs the tests of kernels, tensors, networks and optimizers under AddressSanitizer, in some five minutes.
	Scripts/set-up
	Scripts/sanitize address

test-thread: ## Runs the same tests under ThreadSanitizer, in some ten minutes.
	Scripts/set-up
	Scripts/sanitize thread

bench: ## Runs the XCTest benchmarks and prints a table of times, rates and shares of the processor's peak.
	Scripts/set-up
	Benchmarks/run

bench-overhead: ## Tells what share of a training step is not arithmetic (needs perf).
	Scripts/set-up
	Benchmarks/overhead

bench-peers: ## Races other libraries in turn (downloads them) and writes the table and charts of Docs/performance.md.
	Scripts/set-up
	Benchmarks/race

fuzz: ## Fuzzes every reader of files for ten minutes.
	Scripts/set-up
	for name in $$(ls Fuzz/Seeds); do Fuzz/run $$name 600 || exit 1; done

docs: ## Builds the documentation archive in .build/docs.
	Scripts/build-docs

format: ## Formats all Swift files in place.
	swift format --in-place --recursive $(SWIFT_FILES)

lint: ## Checks the formatting of all Swift files.
	swift format lint --strict --recursive $(SWIFT_FILES)

SWIFT_FILES = Package.swift Sources Tests Examples Benchmarks Fuzz/Package.swift Fuzz/Sources
