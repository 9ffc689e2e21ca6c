import Foundation
import TestSupport

/// The run of a scenario of `DistributedProbe` on several ranks.
struct ProbeRun {
  /// The exit status of `mpirun`.
  let status: Int32
  /// What each rank has printed, line by line.
  let lines: [Int: [String]]
  /// All that was printed, also by `mpirun`.
  let text: String

  /// Why it cannot run here; `nil` if it can.
  static var absence: String? {
    MPIRun.path == nil ? MPIRun.absence : nil
  }

  /// Runs a scenario.
  init(_ scenario: String, ranks: Int) throws {
    guard let mpirun = MPIRun.path else { throw CocoaError(.fileNoSuchFile) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: mpirun)
    // A container may have fewer processors than ranks, and run as root.
    process.arguments = [
      "--oversubscribe", "--allow-run-as-root", "--mca", "btl_vader_single_copy_mechanism", "none", "-n", "\(ranks)",
      Self.probe.path, scenario,
    ]
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
    lines = Self.lines(in: text)
  }

  /// The lines of each rank.
  static func lines(in text: String) -> [Int: [String]] {
    var lines: [Int: [String]] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, let rank = Int(parts[0]) {
        lines[rank, default: []].append(parts[1].dropFirst().description)
      }
    }
    return lines
  }

  /// Beside the tests.
  static var probe: URL {
    let own = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let folders = sequence(first: own.deletingLastPathComponent()) {
      $0.path == "/" ? nil : $0.deletingLastPathComponent()
    }
    let candidates = folders.map { $0.appendingPathComponent("DistributedProbe") }
    return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? own
  }
}
