# The two main commands are `make demo` and `make test`. Both install what they need.

.PHONY: demo test test-draws test-package test-networks test-small-networks test-onnx test-server test-database soak test-address \
  test-thread bench bench-overhead bench-peers fuzz docs format lint

ONNX_PYTHON ?= python3
DIVAR = .build/release/divar

demo: ## Draws a data set, trains on it, and writes a model, charts and predictions to demo/.
	Scripts/set-up
	swift build -c release --product divar
	rm -rf demo/photos demo/run
	$(DIVAR) demo-data --output demo/photos --per-class 120
	$(DIVAR) train --data demo/photos --output demo/run --epochs 12 --precise-statistics 16
	$(DIVAR) predict demo/run/model.keras $$(ls demo/photos/*/* | awk 'NR % 120 == 1')
	@echo "Look at demo/run: curves.png, confusion.png, samples.png, report.txt, model.keras"

test: ## Runs all tests, with optimization: without it the kernels are 30 to 200 times slower.
	Scripts/set-up tests
	swift test -c release

test-draws: ## Holds each layer on 20 random options against Keras, where `make test` takes 4, in a few minutes.
	Scripts/set-up tests
	KILIM_DRAWS=20 swift test -c release --filter KerasDrawsTests

test-package: ## Builds a package that depends on Kilim as the README says, in two minutes.
	Scripts/set-up tests
	KILIM_OUTSIDE_PACKAGE=1 swift test -c release --filter OutsidePackageTests

test-networks: ## Holds the forty networks of keras.applications against Keras, and writes Docs/Networks.md. Takes hours.
	Scripts/set-up networks
	Scripts/test-networks

test-small-networks: ## The same for the smaller ones, without the table, in a few minutes.
	Scripts/set-up networks
	KILIM_NETWORKS=$(SMALL_NETWORKS) swift test -c release --filter KerasNetworkTests

SMALL_NETWORKS = MobileNet,MobileNetV2,MobileNetV3Large,MobileNetV3Small,EfficientNetB0,DenseNet121,NASNetMobile,ResNet50V2,ConvNeXtTiny,Xception

test-onnx: ## Reads networks of PyTorch and Keras from ONNX. ONNX_PYTHON is a Python with what make_onnx.py needs.
	rm -rf .build/onnx
	for maker in torch keras; do \
	  $(ONNX_PYTHON) Tests/ModelFormatsTests/Fixtures/make_onnx.py $$maker --networks .build/onnx || exit 1; done
	KILIM_ONNX_MODELS=.build/onnx swift test -c release --filter ModelFormatsTests.ONNXFolderTests

test-server: ## Runs the tests of the HTTP server, a package of its own.
	Scripts/set-up
	swift test --package-path Examples/Server

test-database: ## Runs the tests of the source of photos in a database, a package of its own.
	Scripts/set-up database
	swift test --package-path Examples/Database

soak: ## Runs all tests ten times beside two busy loops, in turn with and without --parallel. Takes hours.
	Scripts/soak 10

test-address: ## Runs the tests of kernels, tensors, networks and optimizers with AddressSanitizer, in about five minutes.
	Scripts/set-up
	Scripts/sanitize address

test-thread: ## Runs the same tests with ThreadSanitizer, in about ten minutes.
	Scripts/set-up
	Scripts/sanitize thread

bench: ## Runs the XCTest benchmarks and prints a table: time, rate, and share of the processor's peak.
	Scripts/set-up
	Benchmarks/run

bench-overhead: ## Measures the share of a training step that is not arithmetic (needs perf).
	Scripts/set-up
	Benchmarks/overhead

bench-peers: ## Downloads other libraries, measures them in turn, and writes the table and charts of Docs/performance.md.
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
