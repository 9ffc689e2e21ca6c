// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "Kilim",
  products: [
    .library(name: "Kilim", targets: ["Kilim"]),
    .library(name: "Reports", targets: ["Reports"]),
    .library(name: "Training", targets: ["Training"]),
    // Not part of `Kilim`, so that swift-log is built only for who names it.
    .library(name: "TrainingLogging", targets: ["TrainingLogging"]),
    // Not part of `Kilim`, so that libcurl is needed only for who names it.
    .library(name: "Downloads", targets: ["Downloads"]),
    .library(name: "ModelFormats", targets: ["ModelFormats"]),
    .library(name: "Charts", targets: ["Charts"]),
    .library(name: "Networks", targets: ["Networks"]),
    .library(name: "Distributed", targets: ["Distributed"]),
    .library(name: "NN", targets: ["NN"]),
    .library(name: "Optim", targets: ["Optim"]),
    .library(name: "Data", targets: ["Data"]),
    .library(name: "Autograd", targets: ["Autograd"]),
    .library(name: "Serialization", targets: ["Serialization"]),
    .library(name: "Tensor", targets: ["Tensor"]),
    // For benchmarks of the innermost loops alone.
    .library(name: "CKernels", targets: ["CKernels"]),
    .executable(name: "divar", targets: ["DivarExample"]),
  ],
  dependencies: [
    // Parses the command line of `divar`; used by the example alone.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // The logging interface of Swift's servers and tools, so that a program routes a training to where its other messages go.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    // Builds the documentation archive (`make docs`); a command plugin, linked into nothing.
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    // Floor 6: the example.
    .executableTarget(
      name: "DivarExample",
      dependencies: [
        "Kilim", "DivarCollector", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Examples/Divar"),
    .target(
      name: "DivarCollector", dependencies: ["Tensor", "Data", "Serialization", "Downloads"],
      path: "Examples/DivarCollector",
      resources: [.embedInCode("Site/classes.json")]),

    // Floor 5: pages about trainings, and everything under one import.
    .target(
      name: "Kilim", dependencies: ["Training", "Networks", "ModelFormats", "Charts", "Reports", "Distributed"]),
    .target(name: "Reports", dependencies: ["Training"]),

    // Floor 4: training, known networks, files and pictures. They know nothing of each other.
    .target(name: "Training", dependencies: ["NN", "Optim", "Data", "Serialization"]),
    .target(
      name: "TrainingLogging", dependencies: ["Training", .product(name: "Logging", package: "swift-log")]),
    .target(name: "Networks", dependencies: ["NN"]),
    .target(name: "ModelFormats", dependencies: ["NN", "Optim", "Serialization", "CHDF5", "CZip"]),
    .target(name: "Charts", dependencies: ["CCairo", "CPango", "Serialization"]),

    // Many processes. MPI is loaded when a program runs, so that nobody who trains on one machine needs it.
    .target(name: "Distributed", dependencies: ["Tensor"]),

    // Floor 3: networks, optimizers and photos.
    .target(name: "NN", dependencies: ["Autograd"]),
    .target(name: "Optim", dependencies: ["Autograd", "CKernels"]),
    .target(
      name: "Data",
      dependencies: ["Tensor", "Serialization", "CKernels", "CJPEG", "CPNG", "CWebP", "CGIF", "CPictures", "CZlib"]),
    // Speaks HTTP through libcurl: of the libraries that are everywhere, it is the one that lets a program check the address of a
    // host before it connects.
    .target(name: "Downloads", dependencies: ["Tensor", "Serialization", "CCurl"]),

    // Floor 2: gradients, and files written whole or not at all.
    .target(name: "Autograd", dependencies: ["Tensor"]),
    .target(name: "Serialization", dependencies: ["Tensor"]),

    // Floor 1: numbers.
    .target(name: "Tensor", dependencies: ["COpenBLAS", "CKernels"]),

    // Floor 0: C that Swift cannot express, and one module per system library.
    .target(name: "CKernels"),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    // Shapes Persian and Arabic letters and orders them from right to left, which cairo alone does not.
    .systemLibrary(name: "CPango", providers: [.apt(["libpango1.0-dev"])]),
    .target(name: "CJPEG", dependencies: ["CJPEGLibrary"]),
    .systemLibrary(name: "CJPEGLibrary", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"])]),
    .target(name: "CPNG", dependencies: ["CPNGLibrary"]),
    .systemLibrary(name: "CPNGLibrary", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    // What a browser shows beside JPEG and PNG. Each is its format's own library.
    .systemLibrary(name: "CWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CGIF", providers: [.apt(["libgif-dev"])]),
    // What the libraries of TIFF, AVIF, HEIC and JPEG XL take. They are loaded when a program meets such a file, so that nobody
    // else needs them.
    .target(name: "CPictures"),
    // Unpacks `.gz` files, as MNIST comes; libpng needs it anyway.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CCurl", dependencies: ["CCurlLibrary"]),
    .systemLibrary(name: "CCurlLibrary", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),

    // Tests mirror the targets; TestSupport holds what several of them share.
    .target(name: "TestSupport", dependencies: ["Tensor"], path: "Tests/TestSupport"),
    .testTarget(
      name: "TensorTests", dependencies: ["Tensor", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(name: "DownloadsTests", dependencies: ["Downloads", "Serialization", "TestSupport"]),
    .testTarget(name: "ONNXVectorTests", dependencies: ["ModelFormats", "NN", "Serialization"]),
    .testTarget(name: "AutogradTests", dependencies: ["Autograd", "TestSupport"]),
    .testTarget(
      name: "SerializationTests", dependencies: ["Serialization", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "NNTests", dependencies: ["NN", "Optim", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "OptimTests", dependencies: ["Optim", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "DataTests", dependencies: ["Data", "Serialization", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(name: "ChartsTests", dependencies: ["Charts", "Serialization"]),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "ModelFormats", "Optim", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "KilimTests", dependencies: ["Kilim", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "TestSupport"]),
    .testTarget(
      name: "ModelFormatsTests", dependencies: ["ModelFormats", "Optim", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "KerasNetworkTests", dependencies: ["ModelFormats", "Optim", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "TrainingLogging", "TestSupport"],
      resources: [.copy("Fixtures")]),
    // What the tests start under `mpirun`.
    .executableTarget(name: "DistributedProbe", dependencies: ["Distributed"], path: "Tests/DistributedProbe"),
    .testTarget(name: "DistributedTests", dependencies: ["Distributed", "DistributedProbe", "TestSupport"]),
    .testTarget(name: "GuideTests", dependencies: ["Kilim", "DivarExample", "TestSupport"]),
    .testTarget(
      name: "DivarCollectorTests",
      dependencies: ["DivarCollector", "DivarExample", "Downloads", "Data", "Tensor", "Serialization", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "DivarTests", dependencies: ["DivarExample", "Data", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)

// `KILIM_TESTS` names the test targets to build. The others are left out, and all that the named ones do not need: a few
// targets build several times faster than all.
if let names = Context.environment["KILIM_TESTS"]?.split(separator: " ").map(String.init) {
  let targets = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
  var needed: Set<String> = []
  var pending = names
  while let name = pending.popLast() {
    guard let target = targets[name], needed.insert(name).inserted else { continue }
    for case .byNameItem(let dependency, _) in target.dependencies { pending.append(dependency) }
  }
  package.targets.removeAll { !needed.contains($0.name) }
  package.products.removeAll { !needed.contains($0.name) && !($0.name == "divar" && needed.contains("DivarExample")) }
}

// For a build with sanitizers (`Scripts/sanitize`), memory is taken block by block and exact to the byte, so that a
// sanitizer sees where each block ends and whose it is.
if Context.environment["KILIM_SANITIZED"] != nil {
  for target in package.targets where target.name == "Tensor" { target.swiftSettings = [.define("SANITIZED")] }
}
