import Foundation
import ModelFormats
import NN
import TestSupport
import Testing

/// The networks of `keras.applications`, made by Keras: read, trained, written back, and written as ONNX.
///
/// `make test-networks` sets `KILIM_NETWORKS` to `all`, which takes an hour or two, and writes the table of
/// `Docs/Networks.md`; names with commas between them choose some. Without it the suite is skipped.
@Suite(.serialized) struct KerasNetworkTests {
  static let chosen = KerasNetwork.all.filter { network in
    let names = ProcessInfo.processInfo.environment["KILIM_NETWORKS"] ?? ""
    return names == "all" || names.split(separator: ",").contains { $0 == network.name }
  }

  /// The files that Keras made, which are there from an earlier run.
  @Test(arguments: ProcessInfo.processInfo.environment["KILIM_NETWORK_FILES"] == nil ? [] : chosen)
  func opensInLittleMemory(network: KerasNetwork) throws {
    let path = "\(ProcessInfo.processInfo.environment["KILIM_NETWORK_FILES"] ?? "")/\(network.name).keras"
    guard FileManager.default.fileExists(atPath: path) else { return }
    var model: Model?
    let cost = try OpeningCost(of: path) { model = try Model(contentsOf: path) }
    let weights = 4 * ((model?.parameterCount ?? 0) + (model?.bufferCount ?? 0))
    print(
      "\(network.name): \(cost.seconds) s, \(cost.relativeTime) times reading twice,",
      "\(Double(cost.memory) / Double(weights)) times the memory of its weights")
    #expect(Double(cost.memory - 64 << 20) <= NetworkReport.memoryBound * Double(weights), "\(network.name)")
  }

  @Test(arguments: chosen)
  func isTheSameAsInKeras(network: KerasNetwork) throws {
    let environment = ProcessInfo.processInfo.environment
    let temporary = try TemporaryFolder()
    // Files that were made before are used again.
    let files = environment["KILIM_NETWORK_FILES"] ?? temporary.url.path
    let report = try NetworkCheck(network, files: files, output: temporary.url.path).report()
    print(report.row)
    if let table = environment["KILIM_NETWORK_ROWS"] {
      let rows = URL(filePath: table).appending(path: "\(network.name).row")
      try (report.row + "\n").write(to: rows, atomically: true, encoding: .utf8)
    }
    #expect(report.failures.isEmpty, "\(network.name): \(report.failures.joined(separator: "; "))")
  }
}
