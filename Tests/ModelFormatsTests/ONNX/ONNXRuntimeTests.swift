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

  /// Constants that are computed when a file is read, and added to the input.
  private var folded: [Case] {
    func sum(
      _ name: String, _ lengths: [Int] = [2, 3], numbers: [Float], isWhole: Bool = false,
      _ make: (inout ONNXFile) -> Void
    ) -> Case {
      var file = ONNXFile()
      file.addInput("x", [1, 2, 3])
      if isWhole {
        file.addWeight("c", lengths, integers: numbers.map { Int($0) })
      } else {
        file.addWeight("c", lengths, numbers)
      }
      make(&file)
      if isWhole { file.addNode("Cast", ["whole"], "folded", flags: ["to": 1]) }
      file.addNode("Add", ["x", "folded"], "y")
      return Case(name: "folded_\(name)", file: file, input: [1, 2, 3])
    }
    let (six, twelve) = ((1...6).map(Float.init), (1...12).map(Float.init))
    return [
      sum("gather_nd", [2, 2, 3], numbers: twelve) {
        $0.addWeight("i", [2, 2], integers: [0, 1, -1, 0])
        $0.addNode("GatherND", ["c", "i"], "folded")
      },
      sum("gather_elements", numbers: six) {
        $0.addWeight("i", [2, 3], integers: [2, 1, 0, 0, -1, 1])
        $0.addNode("GatherElements", ["c", "i"], "folded", flags: ["axis": 1])
      },
      sum("scatter_elements", numbers: six) {
        $0.addWeight("i", [2, 1], integers: [1, -1])
        $0.addWeight("u", [2, 1], [20, 30])
        $0.addNode("ScatterElements", ["c", "i", "u"], "folded", flags: ["axis": 1])
      },
      sum("scatter_nd", numbers: six) {
        $0.addWeight("i", [1, 1], integers: [-1])
        $0.addWeight("u", [1, 3], [20, 30, 40])
        $0.addNode("ScatterND", ["c", "i", "u"], "folded")
      },
      sum("tile", [1, 3], numbers: [1, 2, 3]) {
        $0.addWeight("r", [2], integers: [2, 1])
        $0.addNode("Tile", ["c", "r"], "folded")
      },
      sum("range", [], numbers: [0.5]) {
        $0.addWeight("end", [], [1.9])
        $0.addNode("Range", ["c", "end", "c"], "folded")
      },
      sum("product", [2, 6], numbers: twelve) {
        $0.addWeight("w", [6, 3], (0..<18).map { Float($0 % 5) })
        $0.addNode("MatMul", ["c", "w"], "folded")
      },
      sum("lengths", numbers: six) { $0.addNode("ReduceL1", ["c"], "folded", ["axes": [0]]) },
      sum("sums", numbers: six, isWhole: true) {
        $0.addWeight("axes", [1], integers: [0])
        $0.addNode("ReduceSum", ["c", "axes"], "whole")
      },
      sum("largest", numbers: [3, 1, 2, 9, 7, 8], isWhole: true) {
        $0.addNode("ReduceMax", ["c"], "whole", ["axes": [1]])
      },
      sum("joined", [2, 1], numbers: [7, 8], isWhole: true) {
        $0.addWeight("d", [2, 2], integers: [1, 2, 3, 4])
        $0.addNode("Concat", ["c", "d"], "whole", flags: ["axis": -1])
      },
      sum("gathered", [4], numbers: [5, 6, 7, 8], isWhole: true) {
        $0.addWeight("i", [2, 3], integers: [0, 1, 2, -1, 0, 1])
        $0.addNode("Gather", ["c", "i"], "whole")
      },
      sum("triangle", numbers: six, isWhole: true) { $0.addNode("Trilu", ["c"], "whole", flags: ["upper": 0]) },
      sum("truth", [3], numbers: [0, 2.5, -1]) {
        $0.addNode("Cast", ["c"], "t", flags: ["to": 9])
        $0.addNode("Cast", ["t"], "folded", flags: ["to": 1])
      },
      sum("logic", [2, 1], numbers: [1, 0]) {
        $0.addWeight("a", [3], type: 9, raw: [1, 0, 1])
        $0.addNode("Cast", ["c"], "b", flags: ["to": 9])
        for (operation, name) in [("And", "both"), ("Or", "either"), ("Xor", "differs")] {
          $0.addNode(operation, ["a", "b"], name)
        }
        $0.addNode("Not", ["both"], "not")
        for name in ["not", "either", "differs"] { $0.addNode("Cast", [name], "\(name)1", flags: ["to": 1]) }
        $0.addNode("Sum", ["not1", "either1", "differs1"], "folded")
      },
    ]
  }

  /// Products by equations that are no products of matrices, and fractions that are cut off.
  private var elementwise: [Case] {
    var (equations, whole) = (ONNXFile(), ONNXFile())
    equations.addInput("x", [1, 2, 3])
    for (equation, factors, result) in [
      ("bij->bj", ["x"], "sums"), ("bij,bij->bi", ["x", "x"], "squares"), ("bi,bj->bij", ["squares", "sums"], "outer"),
      ("bij,bij->bji", ["outer", "x"], "turned"), ("bji->bij", ["turned"], "y"),
    ] { equations.addNode("Einsum", factors, result, texts: ["equation": equation]) }
    whole.addInput("x", [1, 2, 3])
    whole.addWeight("factor", [], [3])
    whole.addNode("Mul", ["x", "factor"], "larger")
    whole.addNode("Cast", ["larger"], "whole", flags: ["to": 7])
    whole.addNode("Cast", ["whole"], "y", flags: ["to": 1])
    return [
      Case(name: "equations", file: equations, input: [1, 2, 3]), Case(name: "whole", file: whole, input: [1, 2, 3]),
    ]
  }

  /// Branches that a length of the input chooses between.
  private var branches: [Case] {
    [3, 4].map { length in
      var (file, sum, opposite) = (ONNXFile(), ONNXFile(), ONNXFile())
      file.addInput("x", [1, 3])
      file.addWeight("axis", [], integers: [1])
      file.addWeight("length", [], integers: [length])
      file.addNode("Shape", ["x"], "shape")
      file.addNode("Gather", ["shape", "axis"], "own")
      file.addNode("Equal", ["own", "length"], "holds")
      sum.addWeight("w", [3], [1, 2, 3])
      sum.addNode("Add", ["x", "w"], "sum")
      opposite.addNode("Neg", ["x"], "opposite")
      file.addIf("holds", then: (sum, "sum"), else: (opposite, "opposite"), "chosen", rank: 2)
      file.addNode("Relu", ["chosen"], "y")
      return Case(name: "if_\(length)", file: file, input: [1, 3])
    }
  }

  @Test func answersAreThoseOfOnnxruntime() throws {
    let cases = resizes + limited + folded + elementwise + branches + [mean]
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
