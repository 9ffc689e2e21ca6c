import Foundation
import ModelFormats

/// One node test of the ONNX project: a model and its inputs and outputs.
struct ONNXVector: Sendable {
  let folder: URL

  var name: String { folder.lastPathComponent }

  /// The bytes of the model.
  func bytes() throws -> [UInt8] { try Array(Data(contentsOf: folder.appending(path: "model.onnx"))) }

  /// The model.
  func model() throws -> ONNXModelMessage { try ONNXModelMessage(bytes()[...]) }

  /// The stored values of one direction, `input` or `output`, of the first data set.
  func values(_ direction: String) throws -> [ONNXValue] {
    try stored(direction).map { try ONNXValue(ONNXTensor($0[...])) }
  }

  /// The bytes of these values.
  func stored(_ direction: String) throws -> [[UInt8]] {
    let data = folder.appending(path: "test_data_set_0")
    var values: [[UInt8]] = []
    while true {
      let file = data.appending(path: "\(direction)_\(values.count).pb")
      guard FileManager.default.fileExists(atPath: file.path) else { return values }
      values.append(try Array(Data(contentsOf: file)))
    }
  }

  /// All vectors of the installed package, sorted by name.
  static let all: [ONNXVector] = {
    guard let dataFolder else { return [] }
    let folders = try? FileManager.default.contentsOfDirectory(at: dataFolder, includingPropertiesForKeys: nil)
    return (folders ?? []).map(ONNXVector.init).sorted { $0.name < $1.name }
  }()

  /// `KILIM_ONNX_DATA`, or where `make test` installs the package `onnx`.
  private static let dataFolder: URL? = {
    if let path = ProcessInfo.processInfo.environment["KILIM_ONNX_DATA"] { return URL(filePath: path) }
    let libraries = packageRoot.appending(path: ".env/lib")
    let versions = try? FileManager.default.contentsOfDirectory(at: libraries, includingPropertiesForKeys: nil)
    return (versions ?? []).map { $0.appending(path: "site-packages/onnx/backend/test/data/node") }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }()

  /// The folder of the package.
  static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
