// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that a package that depends on Kilim resolves no database. On Linux it needs libsqlite3-dev.
let package = Package(
  name: "Database",
  dependencies: [
    .package(name: "Kilim", path: "../.."),
    // SQLite with Swift's types and concurrency: the field's usual choice.
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .executableTarget(name: "Database", dependencies: ["PhotoDatabase", "Kilim"]),
    // The source of examples, so that tests can use it.
    .target(name: "PhotoDatabase", dependencies: ["Kilim", .product(name: "GRDB", package: "GRDB.swift")]),
    .testTarget(
      name: "PhotoDatabaseTests",
      dependencies: ["PhotoDatabase", "Kilim", .product(name: "GRDB", package: "GRDB.swift")]),
  ],
  swiftLanguageModes: [.v6]
)
