import Foundation

/// One finished run of the `divar` command.
public struct DivarProcess {
  /// The exit code; 0 is success.
  public let exitCode: Int32
  /// The text on standard output.
  public let output: String
  /// The text on standard error.
  public let errors: String

  /// Runs the command that is built beside the tests, and waits for its end.
  ///
  /// - Parameters:
  ///   - arguments: the subcommand and its options.
  ///   - threads: how many threads it computes on.
  ///   - folder: the current folder of the command; `nil` for that of the tests.
  /// - Throws: `CocoaError` if the command was not built.
  public init(_ arguments: [String], threads: Int = 2, in folder: URL? = nil) throws {
    // Files, not pipes: a pipe that nobody reads stops the command when it is full.
    let texts = try TemporaryFolder()
    func file(_ name: String) throws -> FileHandle {
      _ = FileManager.default.createFile(atPath: texts.path(name), contents: nil)
      return try FileHandle(forWritingTo: texts.url.appending(path: name))
    }
    let process = try Self.start(
      arguments, threads: threads, in: folder, output: file("output"), errors: file("errors"))
    process.waitUntilExit()
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: texts.url.appending(path: name)), as: UTF8.self)
    }
    output = try text("output")
    errors = try text("errors")
    exitCode = process.terminationStatus
  }

  /// Starts the command and returns while it runs.
  ///
  /// - Parameters:
  ///   - arguments: the subcommand and its options.
  ///   - threads: how many threads it computes on.
  ///   - folder: the current folder of the command; `nil` for that of the tests.
  ///   - output: where standard output goes: a `Pipe` or a `FileHandle`.
  ///   - errors: where standard error goes.
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

  /// Waits until a running process has reached a point, however long that takes.
  ///
  /// Let the process be one that cannot end before, such as a training of 100,000 epochs: what the test does next to it
  /// never comes too late then.
  ///
  /// - Parameters:
  ///   - process: the process.
  ///   - isReached: looks at what the process has done so far.
  /// - Throws: ``EndedEarly`` if the process ends before it gets there, and what `isReached` throws.
  public static func wait(for process: Process, until isReached: () throws -> Bool) throws {
    while try !isReached() {
      guard process.isRunning else { throw EndedEarly(exitCode: process.terminationStatus) }
      usleep(2_000)
    }
  }

  /// Waits until something has become so that a process at its end has caused, however long that takes: what it has
  /// written to a terminal is read by another thread.
  public static func waitUntil(_ isReached: () -> Bool) {
    while !isReached() { usleep(2_000) }
  }

  /// A process was over before it reached the point that a test waits for.
  public struct EndedEarly: Error {
    /// The exit code, or the number of the signal that ended the process.
    public let exitCode: Int32
  }
}
