import Foundation

/// One finished run of the `divar` command.
public struct DivarProcess {
  /// What the process ended with; 0 is success.
  public let exitCode: Int32
  /// What it printed.
  public let output: String
  /// What it complained about.
  public let errors: String

  /// Runs the command that was built beside the tests, and waits for its end.
  ///
  /// - Parameters:
  ///   - arguments: the subcommand and its options.
  ///   - threads: how many threads it computes on.
  ///   - folder: where it is run; `nil` for where the tests are.
  /// - Throws: `CocoaError` if the command was not built.
  public init(_ arguments: [String], threads: Int = 2, in folder: URL? = nil) throws {
    let (output, errors) = (Pipe(), Pipe())
    let process = try Self.start(arguments, threads: threads, in: folder, output: output, errors: errors)
    // Few lines are printed, so neither pipe fills while the other is read.
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    exitCode = process.terminationStatus
  }

  /// Starts the command and returns while it runs.
  ///
  /// - Parameters:
  ///   - arguments: the subcommand and its options.
  ///   - threads: how many threads it computes on.
  ///   - folder: where it is run; `nil` for where the tests are.
  ///   - output: takes what it prints: a `Pipe` or a `FileHandle`.
  ///   - errors: takes what it complains about.
  /// - Throws: `CocoaError` if the command was not built.
  public static func start(
    _ arguments: [String], threads: Int = 2, in folder: URL? = nil, output: Any? = FileHandle.nullDevice,
    errors: Any? = FileHandle.nullDevice
  ) throws -> Process {
    let process = Process()
    process.executableURL = Bundle.main.bundleURL.appending(path: "divar")
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    process.environment = ProcessInfo.processInfo.environment.merging(["KILIM_THREADS": String(threads)]) { $1 }
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    return process
  }
}
