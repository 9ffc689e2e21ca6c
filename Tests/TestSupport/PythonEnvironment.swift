import Foundation

/// The Python environment that `make test` makes, with the packages that tests compare with.
public enum PythonEnvironment {
  /// The versions of Keras that tests run with: the newest, which is installed like any package, and older ones, each in
  /// a folder of its own.
  public static let kerasVersions = ["newest", "3.12.0", "3.6.0", "3.0.5"]

  /// Why tests that need the environment are skipped.
  public static let absence = "the Python environment is missing; `make test` makes it"

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: ".env")

  /// Whether a package is installed.
  public static func has(_ package: String) -> Bool { path(ofPackageFile: package) != nil }

  /// Where a file of a package is, by its path in the folder of all packages; `nil` if it is not installed.
  public static func path(ofPackageFile file: String) -> String? {
    let libraries = folder.appending(path: "lib")
    let versions = try? FileManager.default.contentsOfDirectory(at: libraries, includingPropertiesForKeys: nil)
    return (versions ?? []).map { $0.appending(path: "site-packages/\(file)").path }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Whether a version of Keras is installed.
  public static func hasKeras(_ version: String) -> Bool {
    has("jax") && (version == "newest" ? has("keras") : FileManager.default.fileExists(atPath: kerasFolder(version)))
  }

  private static func kerasFolder(_ version: String) -> String { folder.appending(path: "keras/\(version)").path }

  /// The packages that a script runs with.
  public enum Packages: String, Sendable {
    /// Those that `make test` installs, with Keras on JAX.
    case usual = "bin/python"
    /// Those that `make test-networks` installs, with Keras on TensorFlow, and Keras 2.
    case tensorFlow = "tensorflow/bin/python"
  }

  /// Whether packages are installed.
  public static func has(_ packages: Packages) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: packages.rawValue).path)
  }

  /// Runs a script.
  ///
  /// - Parameters:
  ///   - script: the path of the script.
  ///   - arguments: its arguments.
  ///   - keras: the version of Keras that it imports.
  ///   - packages: what it runs with.
  /// - Returns: whether its exit code is 0, and everything that it printed.
  public static func run(
    _ script: String, _ arguments: [String], keras: String = "newest", packages: Packages = .usual
  ) throws -> (succeeded: Bool, output: String) {
    let process = Process()
    process.executableURL = folder.appending(path: packages.rawValue)
    process.arguments = ["-W", "ignore", script] + arguments
    var environment = ProcessInfo.processInfo.environment
    environment["KERAS_BACKEND"] = "jax"
    if packages == .usual {
      // Each program of JAX runs once or a few times: compiling takes the time.
      environment["XLA_FLAGS"] = "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    }
    environment["PYTHONPATH"] = keras == "newest" ? nil : kerasFolder(keras)
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus == 0, String(decoding: output, as: UTF8.self))
  }
}
