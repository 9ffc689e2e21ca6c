import Foundation
import Kilim
import TestSupport
import Testing

/// Models whose files leave the size of photos open: `keras.Input((None, None, 3))`.
@Suite struct OpenSizesTests {
  private let folder: TemporaryFolder
  /// Written by Keras, with what Keras predicts for its arrays.
  private let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ModelFormatsTests/Fixtures/Keras/wild/open_keras").path

  init() throws { folder = try TemporaryFolder() }

  @Test func runTakesTheSizesOfTheArray() throws {
    let arrays = try NPZ(contentsOf: "\(fixture).npz").tensors
    let (input, output) = (try #require(arrays["input0"]), try #require(arrays["output0"]))
    try input.writeNPY(to: folder.path("in.npy"))
    let run = try DivarProcess(["run", "\(fixture).keras", folder.path("in.npy"), folder.path("out.npy")])
    #expect(run.exitCode == 0, "\(run.errors)")
    let found = try Tensor<Float>(npyFile: folder.path("out.npy"))
    #expect(found.shape == output.shape)
    // Sums of some hundred products of numbers near 1, each rounded to 2⁻²⁴.
    #expect(deviation(found, from: output) <= 1e-5)
    try Tensor<Float>(zeros: [2, 5]).writeNPY(to: folder.path("rows.npy"))
    try expectError(
      ["run", "\(fixture).keras", folder.path("rows.npy"), folder.path("x.npy")], "[2, 5]", "any, any")
  }

  @Test func imageSizeChooses() throws {
    let (path, model) = ("\(fixture).keras", folder.path("sized.keras"))
    try expectError(["import", path, "--output", model], "--image-size", "\"image\"")
    try expectError(["summary", path], "--image-size")
    let imported = try DivarProcess(["import", path, "--image-size", "9x12", "--output", model])
    #expect(imported.exitCode == 0, "\(imported.errors)")
    #expect(try Model(contentsOf: model).inputShape == [3, 9, 12])
    let exported = try DivarProcess(["export", path, folder.path("sized.onnx"), "--image-size", "9x12"])
    #expect(exported.exitCode == 0, "\(exported.errors)")
    #expect(try Model(contentsOf: folder.path("sized.onnx")).inputShape == [3, 9, 12])
  }
}
