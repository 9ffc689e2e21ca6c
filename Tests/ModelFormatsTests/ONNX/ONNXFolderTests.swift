import Foundation
import ModelFormats
import NN
import Serialization
import Tensor
import Testing

/// Reads the ONNX files of a folder and compares them with what their makers compute; `make test-onnx` makes the folder.
@Suite struct ONNXFolderTests {
  private static let folder = ProcessInfo.processInfo.environment["KILIM_ONNX_MODELS"].map { URL(filePath: $0) }

  private static let files: [URL] = {
    guard let folder else { return [] }
    let all = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return (all ?? []).filter { $0.pathExtension == "onnx" }.sorted { $0.path < $1.path }
  }()

  @Test(.enabled(if: folder != nil, "KILIM_ONNX_MODELS names no folder"), arguments: files)
  func predictsWhatTheMakerPredicts(_ file: URL) throws {
    // `resnet18.script.onnx` has the inputs and outputs of `resnet18`.
    let base = file.deletingPathExtension().path
    let stem =
      FileManager.default.fileExists(atPath: "\(base).x.npy") ? base : NSString(string: base).deletingPathExtension
    let (x, y) = (try Tensor<Float>(npyFile: "\(stem).x.npy"), try Tensor<Float>(npyFile: "\(stem).y.npy"))
    let model = try Model(onnxFile: file.path)
    let isTurned = model.inputShape.map { Array($0) } != Array(x.shape.dropFirst())
    let found = model(isTurned ? x.permuted([0, 3, 1, 2]).contiguous() : x)
    let expected = found.shape == y.shape ? y : y.permuted([0, 3, 1, 2]).contiguous()
    let largest = expected.absolute().max().scalar
    let difference = (found - expected).absolute().max().scalar
    let kinds = Dictionary(grouping: model.layers) { "\(type(of: $0))" }.mapValues(\.count)
    print(
      "\(file.lastPathComponent): \(difference) of \(largest); \(kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" })"
    )
    #expect(difference <= 1e-5 * max(largest, 1))
  }
}
