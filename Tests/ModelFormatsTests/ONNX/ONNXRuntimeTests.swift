import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// Files with nodes that leave open how exactly they are computed, against onnxruntime.
@Suite struct ONNXRuntimeTests {
  private struct Case {
    let name: String
    let file: ONNXFile
    let input: Shape
  }

  /// A `Resize` of one image of one channel.
  private func resize(
    _ name: String, version: Int, _ input: [Int], scales: [Float], _ texts: [String: String]
  ) -> Case {
    var file = ONNXFile()
    file.operationSet = version
    file.addInput("x", [1, 1] + input)
    file.addWeight("scales", [4], [1, 1] + scales)
    file.addNode("Resize", version < 11 ? ["x", "scales"] : ["x", "", "scales"], "y", texts: texts)
    return Case(name: name, file: file, input: Shape([1, 1] + input))
  }

  private var resizes: [Case] {
    let linear = ["mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"]
    let scales: [[Float]] = [[0.6, 0.6], [0.7, 1.3], [0.35, 0.45], [1.7, 2.3], [0.3, 3]]
    return scales.enumerated().map { resize("old\($0)", version: 10, [10, 12], scales: $1, ["mode": "nearest"]) }
      + scales.enumerated().map {
        resize(
          "asymmetric\($0)", version: 13, [10, 12], scales: $1,
          ["mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"])
      } + [
        resize("one_row", version: 13, [4, 6], scales: [0.25, 0.5], linear),
        resize("one_column", version: 13, [3, 4], scales: [2, 0.25], linear),
        resize("one_pixel", version: 13, [4, 5], scales: [0.25, 0.2], linear),
        resize("two_rows", version: 13, [4, 5], scales: [0.5, 1], linear),
        resize("unchanged", version: 10, [2, 3], scales: [1.1, 1.2], ["mode": "nearest"]),
      ]
  }

  /// Whole numbers that choose rows of a table, as relative positions are limited.
  private var limited: [Case] {
    [(["low"], "below"), (["", "high"], "above"), (["low", "high"], "both")].map { bounds, name in
      var file = ONNXFile()
      file.addInput("x", [1, 6, 2])
      for (name, number) in [("start", -3), ("end", 3), ("step", 1)] { file.addWeight(name, [], integers: [number]) }
      file.addWeight("low", [], integers: [-1])
      file.addWeight("high", [], integers: [1])
      file.addWeight("table", [6, 2], (0..<12).map(Float.init))
      file.addNode("Range", ["start", "end", "step"], "range")
      file.addNode("Clip", ["range"] + bounds, "clipped")
      file.addNode("Gather", ["table", "clipped"], "rows")
      file.addNode("Add", ["x", "rows"], "y")
      return Case(name: "clip_\(name)", file: file, input: [1, 6, 2])
    }
  }

  /// A mean of constants alone.
  private var mean: Case {
    var file = ONNXFile()
    file.addInput("x", [1, 3])
    file.addWeight("a", [3], [1, 2, 3])
    file.addWeight("b", [1], [5])
    file.addNode("Mean", ["a", "b"], "mean")
    file.addNode("Add", ["x", "mean"], "y")
    return Case(name: "mean", file: file, input: [1, 3])
  }

  @Test func answersAreThoseOfOnnxruntime() throws {
    let cases = resizes + limited + [mean]
    let folder = try TemporaryFolder()
    for item in cases {
      do {
        let bytes = item.file.bytes(output: "y", rank: item.input.rank)
        try writeAtomically(bytes, to: folder.path("\(item.name).onnx"))
        let model = try Model(onnx: bytes, path: item.name)
        let x: Tensor<Float> = sample(item.input)
        try x.writeNPY(to: folder.path("\(item.name).x0.npy"))
        try model(x).contiguous().writeNPY(to: folder.path("\(item.name).y0.npy"))
      } catch {
        Issue.record("\(item.name): \(error)")
      }
    }
    guard PythonEnvironment.has("onnxruntime") else {
      print("onnxruntime is left out: \(PythonEnvironment.absence)")
      return
    }
    let (succeeded, output) = try PythonEnvironment.run(fixturePath("check_onnx.py"), [folder.url.path])
    #expect(succeeded && output.contains("checked \(cases.count) models"), "\(output)")
  }

  /// What onnxruntime makes of it is no pixel of the input.
  @Test func anAntialiasedResizeToOnePlaceIsRefused() throws {
    var file = ONNXFile()
    file.operationSet = 18
    file.addInput("x", [1, 1, 4, 4])
    file.addWeight("scales", [4], [1, 1, 0.25, 0.25])
    file.addNode(
      "Resize", ["x", "", "scales"], "y", flags: ["antialias": 1],
      texts: ["mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"])
    let error = #expect(throws: ModelFileError.self) { try Model(onnx: file.bytes(output: "y"), path: "x.onnx") }
    #expect(error.map { "\($0)".contains("antialias") } == true, "\(error as Any)")
  }
}
