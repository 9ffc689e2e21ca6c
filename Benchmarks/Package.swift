// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that a package that depends on Kilim builds no benchmarks.
let package = Package(
  name: "KilimBenchmarks",
  dependencies: [.package(name: "Kilim", path: "..")],
  targets: [
    // Draws what Docs/performance.md shows.
    .executableTarget(name: "PerformanceCharts", dependencies: [.product(name: "Kilim", package: "Kilim")]),
    // What the arithmetic of the processor can do at most.
    .target(name: "CPeak"),
    .testTarget(
      name: "KilimBenchmarks",
      dependencies: [.product(name: "Kilim", package: "Kilim"), .product(name: "CKernels", package: "Kilim"), "CPeak"]),
  ],
  swiftLanguageModes: [.v6]
)
