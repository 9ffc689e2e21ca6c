// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that nobody who imports Kilim resolves an HTTP server.
let package = Package(
  name: "divar-server",
  products: [.executable(name: "divar-server", targets: ["divar-server"])],
  dependencies: [
    .package(name: "Kilim", path: "../.."),
    // Speaks HTTP/1.1 and TLS, ends gracefully, and limits connections.
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    // Ends the server, and tells whether it is about to end; Hummingbird stands on it.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "divar-server",
      dependencies: [
        "PhotoServer", .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // All but the command line, so that tests can start it.
    .target(
      name: "PhotoServer",
      dependencies: [
        "Kilim", .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [
        .embedInCode("Page/index.html"), .embedInCode("Page/page.js"), .embedInCode("Page/page.css"),
        .embedInCode("Page/openapi.json"),
      ]),
    .testTarget(
      name: "PhotoServerTests",
      dependencies: ["PhotoServer", .product(name: "HummingbirdTesting", package: "hummingbird")]),
  ],
  swiftLanguageModes: [.v6]
)
