// swift-tools-version: 6.3
import PackageDescription

/// The fuzzers, and the product of Kilim that each one reads with. A fuzzer is a file `Sources/<Name>/<Name>.swift` with
/// a function `LLVMFuzzerTestOneInput`, and a folder of small files to begin with, `Seeds/<Name>`.
let fuzzers = [
  "Arrays": "Data",
  "BMP": "Data",
  "EXIF": "Data",
  "GIF": "Data",
  "HEIF": "Data",
  "JPEG": "Data",
  "JPEGXL": "Data",
  "Keras": "ModelFormats",
  "KerasGraph": "ModelFormats",
  "KerasParts": "ModelFormats",
  "NPZ": "ModelFormats",
  "ONNX": "ModelFormats",
  "PNG": "Data",
  "Profile": "Data",
  "PyTorch": "ModelFormats",
  "PyTorchParts": "ModelFormats",
  "Safetensors": "Serialization",
  "TIFF": "Data",
  "Tables": "Data",
  "WebP": "Data",
]

// A package of its own: it is built with sanitizers, and with flags that no dependency may have.
let package = Package(
  name: "KilimFuzz",
  dependencies: [.package(name: "Kilim", path: "..")],
  targets: [
    .target(name: "Input"),
    .target(name: "Photo", dependencies: [.product(name: "Data", package: "Kilim")]),
  ]
    + fuzzers.sorted { $0.key < $1.key }.map { name, product in
      .executableTarget(
        name: "\(name)Fuzzer",
        dependencies: ["Input", .product(name: product, package: "Kilim")] + (product == "Data" ? ["Photo"] : []),
        path: "Sources/\(name)",
        // libFuzzer brings `main`; the file is a library to it.
        swiftSettings: [.unsafeFlags(["-parse-as-library"])])
    },
  swiftLanguageModes: [.v6]
)
