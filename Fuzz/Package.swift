// swift-tools-version: 6.3
import PackageDescription

/// The fuzzers, and the product of Kilim that each one reads with. A fuzzer is a file `Sources/<Name>/<Name>.swift` with
/// a function `LLVMFuzzerTestOneInput`, and a folder of small files to begin with, `Seeds/<Name>`.
let fuzzers = [
  "Keras": "ModelFormats",
  "KerasParts": "ModelFormats",
  "NPZ": "ModelFormats",
  "Safetensors": "Serialization",
]

// A package of its own: it is built with sanitizers, and with flags that no dependency may have.
let package = Package(
  name: "KilimFuzz",
  dependencies: [.package(name: "Kilim", path: "..")],
  targets: [.target(name: "Input")]
    + fuzzers.sorted { $0.key < $1.key }.map { name, product in
      .executableTarget(
        name: "\(name)Fuzzer",
        dependencies: ["Input", .product(name: product, package: "Kilim")],
        path: "Sources/\(name)",
        // libFuzzer brings `main`; the file is a library to it.
        swiftSettings: [.unsafeFlags(["-parse-as-library"])])
    },
  swiftLanguageModes: [.v6]
)
