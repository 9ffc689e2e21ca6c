// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that a package that depends on Kilim builds no benchmarks.
let package = Package(
  name: "KilimBenchmarks",
  dependencies: [.package(name: "Kilim", path: "..")],
  targets: [
    // Draws what Docs/performance.md shows.
    .executableTarget(
      name: "PerformanceCharts", dependencies: [.product(name: "Kilim", package: "Kilim"), "Limits"]),
    // What the arithmetic and the memory of the machine can do at most.
    .target(name: "CPeak"),
    .target(name: "Limits", dependencies: [.product(name: "Kilim", package: "Kilim"), "CPeak"]),
    .testTarget(
      name: "KilimBenchmarks",
      dependencies: [.product(name: "Kilim", package: "Kilim"), .product(name: "CKernels", package: "Kilim"), "Limits"]),
  ],
  swiftLanguageModes: [.v6]
)
