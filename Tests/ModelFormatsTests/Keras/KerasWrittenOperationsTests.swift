import Foundation
import NN
import TestSupport
import Testing

@testable import ModelFormats

/// Operations of Keras, as every version reads them.
@Suite struct KerasWrittenOperationsTests {
  private func network() throws -> Model {
    let x = Input([4, 5])
    return try Model(input: x, output: Dense(2)(ReduceLayer(.sum, axes: [0])(Dense(3)(x), name: "total")))
  }

  /// Before Keras 3.12, an operation with options of its own refuses one for its name.
  @Test func theNameOfAnOperationIsThatOfItsNode() throws {
    let config = try KerasWriting(network(), path: "x.keras").config()
    let layers = try #require(config["config"]?["layers"]?.elements)
    let total = try #require(layers.first { $0["name"]?.text == "total" })
    #expect(total["class_name"]?.text == "Sum" && total["config"]?["name"] == nil)
    let others = layers.filter { $0["name"]?.text != "total" }
    #expect(others.count == 3 && others.allSatisfy { $0["name"] == $0["config"]?["name"] })
  }

  @Test(arguments: PythonEnvironment.kerasVersions) func everyVersionOpensThem(version: String) throws {
    guard PythonEnvironment.hasKeras(version) else { return }
    let folder = try TemporaryFolder()
    try network().save(to: folder.path("model.keras"))
    let script = folder.path("open.py")
    try "import sys, keras; print(keras.models.load_model(sys.argv[1]).output_shape)".write(
      toFile: script, atomically: true, encoding: .utf8)
    let (succeeded, output) = try PythonEnvironment.run(script, [folder.path("model.keras")], keras: version)
    #expect(succeeded, "\(version): \(output)")
  }
}
