import ModelFormats
import NN
import Serialization
import Tensor
import Testing

/// Wrong and hostile files are refused at once, with the name of what is wrong.
@Suite struct ONNXHostileTests {
  /// The place and the problem of the error.
  private func refusal(_ change: (inout ONNXFile) -> String) -> String {
    var file = ONNXFile()
    file.addInput("x", [nil, 3, 4, 4])
    let output = change(&file)
    do {
      _ = try Model(onnx: file.bytes(output: output), path: "x.onnx")
      return "read"
    } catch {
      return "\(error)"
    }
  }

  @Test func operatorsThatKilimLacks() {
    let text = refusal {
      $0.addNode("NonMaxSuppression", ["x"], "y")
      return "y"
    }
    #expect(text.contains(#"node "n_y" (NonMaxSuppression)"#))
  }

  @Test func optionsThatKilimLacks() {
    let text = refusal {
      $0.addNode("Relu", ["x"], "y", ["surprise": [1]])
      return "y"
    }
    #expect(text.contains("the attribute surprise"))
  }

  @Test func circlesAndNamesWithoutAValue() {
    let circle = refusal {
      $0.addNode("Add", ["x", "b"], "a")
      $0.addNode("Relu", ["a"], "b")
      return "b"
    }
    #expect(circle.contains(#"node "n_a" (Add)"#) && circle.contains(#""b""#))
    let missing = refusal { _ in "nothing" }
    #expect(missing.contains(#"output "nothing""#))
  }

  @Test func namesThatAreGivenTwice() {
    let nodes = refusal {
      $0.addNode("Relu", ["x"], "y")
      $0.addNode("Tanh", ["x"], "y")
      return "y"
    }
    #expect(nodes.contains(#"node "n_y" (Tanh)"#))
    let weights = refusal {
      $0.addWeight("w", [1], [1])
      $0.addWeight("w", [1], [1])
      $0.addNode("Mul", ["x", "w"], "y")
      return "y"
    }
    #expect(weights.contains(#"weight "w""#))
  }

  @Test func weightsThatDoNotFit() {
    let external = refusal {
      $0.addWeight("w", [1], type: 1, raw: [], location: 1)
      $0.addNode("Mul", ["x", "w"], "y")
      return "y"
    }
    #expect(external.contains("elements in another file"))
    let short = refusal {
      $0.addWeight("w", [1 << 40, 1 << 40], type: 1, raw: [0, 0, 0, 0])
      $0.addNode("Mul", ["x", "w"], "y")
      return "y"
    }
    #expect(short.contains(#"weight "w""#))
    let negative = refusal {
      $0.addWeight("w", [-1], type: 1, raw: [])
      $0.addNode("Mul", ["x", "w"], "y")
      return "y"
    }
    #expect(negative.contains("[-1]"))
    let other = refusal {
      $0.addWeight("w", [2, 5, 3, 3], [Float](repeating: 1, count: 90))
      $0.addNode("Conv", ["x", "w"], "y")
      return "y"
    }
    #expect(other.contains(#"node "n_y" (Conv)"#) && other.contains("[2, 5, 3, 3]"))
  }

  /// A few bytes ask for terabytes.
  @Test func hugeConstantsAndShapes() {
    let constant = refusal {
      $0.addWeight("s", [3], integers: [1 << 20, 1 << 20, 1 << 20])
      $0.addNode("ConstantOfShape", ["s"], "c")
      $0.addNode("Mul", ["x", "c"], "y")
      return "y"
    }
    #expect(constant.contains(#"node "n_c" (ConstantOfShape)"#))
    let large = refusal {
      $0.addWeight("s", [2], integers: [1 << 12, 1 << 12])
      $0.addNode("ConstantOfShape", ["s"], "c")
      $0.addNode("Mul", ["x", "c"], "y")
      return "y"
    }
    #expect(large.contains("16777216 more elements"))
    let overflow = refusal {
      $0.addWeight("s", [3], integers: [.max, .max, .max])
      $0.addNode("ConstantOfShape", ["s"], "c")
      $0.addNode("Mul", ["x", "c"], "y")
      return "y"
    }
    #expect(overflow.contains("n_c"))
    let pads = refusal {
      $0.addNode("MaxPool", ["x"], "y", ["kernel_shape": [.max, .max], "pads": [.max, 0, 0, .max]])
      return "y"
    }
    #expect(pads.contains(#"node "n_y" (MaxPool)"#))
    let copies = refusal {
      $0.addWeight("c", [4], [1, 2, 3, 4])
      $0.addWeight("r", [1], integers: [1 << 30])
      $0.addNode("Tile", ["c", "r"], "t")
      $0.addNode("Mul", ["x", "t"], "y")
      return "y"
    }
    #expect(copies.contains("more elements"), "\(copies)")
    let product = refusal {
      $0.addWeight("a", [4096, 1], [Float](repeating: 1, count: 4096))
      $0.addWeight("b", [1, 4096], [Float](repeating: 1, count: 4096))
      $0.addNode("MatMul", ["a", "b"], "p")
      $0.addNode("Mul", ["x", "p"], "y")
      return "y"
    }
    #expect(product.contains("more elements"), "\(product)")
    let tile = refusal {
      $0.addWeight("r", [4], integers: [1, 1 << 31 - 1, 1 << 31 - 1, 1 << 31 - 1])
      $0.addNode("Tile", ["x", "r"], "y")
      return "y"
    }
    #expect(tile.contains(#"node "n_y" (Tile)"#))
  }

  /// A chain of a few bytes a node doubles a list at each, or copies a long one.
  @Test func chainsOfConstantsTakeNoMemory() {
    let doubled = refusal { file in
      file.addWeight("c0", [1], integers: [1])
      for number in 1...62 { file.addNode("Concat", ["c\(number - 1)", "c\(number - 1)"], "c\(number)") }
      file.addNode("Reshape", ["x", "c62"], "y")
      return "y"
    }
    #expect(doubled.contains("more elements to compute"), "\(doubled)")
    for operation in ["Slice", "Gather", "Cast"] {
      let copied = refusal { file in
        file.addWeight("c0", [1 << 18], integers: Array(repeating: 1, count: 1 << 18))
        file.addWeight("start", [1], integers: [0])
        file.addWeight("end", [1], integers: [.max])
        file.addWeight("step", [1], integers: [1])
        for number in 1...80 {
          switch operation {
          case "Slice":
            file.addWeight("end\(number)", [1], integers: [-1])
            file.addNode("Slice", ["c\(number - 1)", "start", "end\(number)"], "c\(number)")
          case "Gather": file.addNode("Gather", ["c0", "c0"], "c\(number)")
          default: file.addNode("Cast", ["c0"], "c\(number)", flags: ["to": 1])
          }
        }
        file.addNode("Mul", ["x", "c80"], "y")
        return "y"
      }
      #expect(copied.contains("more elements to compute"), "\(operation): \(copied)")
    }
  }

  /// Numbers at the ends of what `Int` holds, in every list that a node takes.
  @Test func theLargestNumbersOverflowNowhere() {
    let extremes = [Int.min, .min + 1, -1, 0, 1, .max - 1, .max]
    for number in extremes {
      for other in extremes {
        for constant in ["x", "floats", "integers"] {
          _ = refusal { file in
            file.addWeight("floats", [4, 4], [Float](repeating: 1, count: 16))
            file.addWeight("integers", [4, 4], integers: Array(0..<16))
            for (name, value) in [("start", number), ("end", other), ("axis", 1)] {
              file.addWeight(name, [1], integers: [value])
            }
            for (index, step) in extremes.enumerated() {
              file.addWeight("step\(index)", [1], integers: [step])
              file.addNode("Slice", [constant, "start", "end", "axis", "step\(index)"], "slice\(index)")
            }
            file.addNode("Trilu", [constant, "start"], "triangle")
            file.addNode("Range", ["start", "end", "axis"], "range")
            file.addNode("Split", [constant], "part", flags: ["num_outputs": number, "axis": 1])
            file.addNode("Gather", [constant, "start"], "row", flags: ["axis": 1])
            file.addNode("Shape", [constant], "shape", flags: ["start": number, "end": other])
            file.addNode("Tile", [constant, "start"], "tiles")
            file.addNode("GatherND", [constant, "start"], "part")
            file.addNode("ScatterND", [constant, "start", "floats"], "scattered")
            file.addNode("GatherElements", [constant, "integers"], "elements")
            file.addNode("ScatterElements", [constant, "start", "end"], "placed")
            file.addNode("TopK", [constant, "start"], "top")
            file.addNode("CumSum", [constant, "start"], "sums")
            file.addNode("OneHot", [constant, "start", "floats"], "hot")
            file.addNode("ReduceProd", ["integers"], "product")
            file.addNode("LRN", [constant], "response", flags: ["size": number])
            file.addNode("Relu", ["x"], "y")
            return "y"
          }
        }
      }
    }
  }

  /// A tensor without elements may claim other lengths of any size.
  @Test func lengthsOfNothingAreBoundedToo() {
    for lengths in [[0, 1 << 40, 1 << 40], [1 << 40, 1 << 40, 0], [0, .max], [.max, 0]] {
      let text = refusal {
        $0.addWeight("c", lengths, integers: [])
        $0.addNode("Slice", ["c", "c"], "s")
        $0.addNode("Transpose", ["c"], "y")
        return "y"
      }
      #expect(text.contains(#"weight "c""#) && text.contains("not possible"), "\(text)")
    }
    let rank = refusal {
      $0.addWeight("c", Array(repeating: 1, count: 50_000), [1])
      $0.addNode("Mul", ["x", "c"], "y")
      return "y"
    }
    #expect(rank.contains(#"weight "c""#))
    // A list of 2⁴⁰ parts of nothing, and a triangle in a matrix that is not there.
    let none = refusal { file in
      file.addWeight("c", [1 << 40, 0], integers: [])
      file.addWeight("m", [0, 1 << 22, 1 << 22], [])
      for (name, number) in [("start", 0), ("end", 1), ("axis", 1), ("step", 2)] {
        file.addWeight(name, [1], integers: [number])
      }
      file.addNode("Slice", ["c", "start", "end", "axis", "step"], "s")
      file.addNode("Trilu", ["m"], "t")
      file.addNode("Relu", ["x"], "y")
      return "y"
    }
    #expect(none == "read")
  }

  /// The elements of weights are in the file: they may be put into another order, as many as they are.
  @Test func largeWeightsAreTurned() throws {
    var file = ONNXFile()
    file.addInput("x", [nil, 1000])
    file.addWeight("w", [9000, 1000], type: 1, raw: [UInt8](repeating: 0, count: 4 * 9_000_000))
    file.addNode("Transpose", ["w"], "t", ["perm": [1, 0]])
    file.addNode("MatMul", ["x", "t"], "y")
    #expect(try Model(onnx: file.bytes(output: "y"), path: "x.onnx").outputShape == [9000])
  }

  /// Inputs and weights of every rank: each node is read, or refused with its name.
  @Test(arguments: Self.operators) func operatorsWithInputsOfAnyRank(_ operation: String) {
    for rank in 1...5 {
      for isTurned in [false, true] where !isTurned || rank > 1 {
        for weights in Self.weights {
          var file = ONNXFile()
          file.addInput("x", [nil] + Array([3, 4, 4, 2].prefix(rank - 1)))
          for (index, weight) in weights.enumerated() {
            file.addWeight("w\(index)", weight, [Float](repeating: 1, count: weight.reduce(1, *)))
          }
          // Recurrent layers take the examples along the second axis.
          if isTurned { file.addNode("Transpose", ["x"], "t", ["perm": [1, 0] + Array(2..<max(rank, 2))]) }
          file.addNode(operation, [isTurned ? "t" : "x"] + weights.indices.map { "w\($0)" }, "y")
          do {
            _ = try Model(onnx: file.bytes(output: "y"), path: "x.onnx")
          } catch {
            #expect("\(error)".hasPrefix("x.onnx: ") && "\(error)".contains("y"))
          }
        }
      }
    }
  }

  private static let weights: [[[Int]]] = [
    [], [[]], [[0]], [[3]], [[3, 4]], [[4, 3, 3]], [[3, 4, 3, 3]], [[3], [3]], [[3], [3], [3], [3]],
    [[1, 8, 4], [1, 8, 2]], [[1, 6, 4], [1, 6, 2], [1, 12]],
  ]

  private static let operators = [
    "Acosh", "Add", "And", "ArgMax", "ArgMin", "Atan", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat",
    "Conv", "ConvTranspose", "CumSum", "DepthToSpace", "Div", "Dropout", "Einsum", "Equal", "Erf", "Expand", "Flatten",
    "GRU", "Gather", "GatherElements", "GatherND", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "GroupNormalization",
    "InstanceNormalization", "IsInf", "IsNaN", "LRN", "LSTM", "LayerNormalization", "LogSoftmax", "LpNormalization",
    "MatMul", "MaxPool", "Mean", "Mod", "Mul", "Not", "OneHot", "Or", "PRelu", "Pad", "Pow", "RNN", "Range",
    "ReduceLogSum", "ReduceMax", "ReduceMean", "ReduceProd", "ReduceSum", "Reshape", "Resize", "ScatterElements",
    "ScatterND", "Shape", "Slice", "Softmax", "SpaceToDepth", "Split", "Squeeze", "Sum", "Tile", "TopK", "Transpose",
    "Trilu", "Unsqueeze", "Upsample", "Where", "Xor",
  ]

  @Test func arithmeticWithTheNumberOfExamples() {
    let joined = refusal {
      $0.addWeight("s", [2], integers: [-1, 4])
      $0.addNode("Reshape", ["x", "s"], "r")
      $0.addNode("Softmax", ["r"], "y")
      return "y"
    }
    #expect(joined.contains("joins examples"))
    let reduced = refusal {
      $0.addNode("ReduceMean", ["x"], "y", ["axes": [0]])
      return "y"
    }
    #expect(reduced.contains("a reduction over the examples"))
  }

  /// A graph in a graph in a graph, and a condition that nobody knows.
  @Test func branches() {
    let deep = refusal { file in
      file.addWeight("c", [], type: 9, raw: [1])
      var inner = ONNXFile()
      inner.addNode("Relu", ["x"], "y0")
      for number in 1...40 {
        var outer = ONNXFile()
        outer.addIf("c", then: (inner, "y\(number - 1)"), else: (ONNXFile(), ""), "y\(number)")
        inner = outer
      }
      file.addIf("c", then: (inner, "y40"), else: (ONNXFile(), ""), "y")
      return "y"
    }
    #expect(deep.contains("too deep"), "\(deep)")
    let open = refusal { file in
      file.addWeight("bound", [], [0])
      file.addNode("Greater", ["x", "bound"], "c")
      var inner = ONNXFile()
      inner.addNode("Relu", ["x"], "y0")
      file.addIf("c", then: (inner, "y0"), else: (inner, "y0"), "y")
      return "y"
    }
    #expect(open.contains(#"node "n_y" (If)"#) && open.contains("a condition that depends on the inputs"), "\(open)")
  }

  /// What a file computes may be the number of no row: the nearest one is taken, and negative numbers count from the end.
  @Test func computedNumbersOfRowsAreBounded() throws {
    var file = ONNXFile()
    file.addInput("x", [nil, 5], type: 7)
    file.addWeight("offset", [], integers: [-2])
    file.addWeight("table", [3, 1], [10, 20, 30])
    file.addNode("Add", ["x", "offset"], "rows")
    file.addNode("Gather", ["table", "rows"], "y")
    let model = try Model(onnx: file.bytes(output: "y"), path: "x.onnx")
    let found = model(Tensor<Float>(shape: [1, 5], scalars: [-90, 0, 1, 3, 90]))
    #expect(found.shape == [1, 5, 1] && found.scalars == [10, 20, 30, 20, 30])
    #expect(model(Tensor<Float>(repeating: .nan, shape: [1, 5])).scalars == [10, 10, 10, 10, 10])
  }

  /// Sums of short types may wrap around, which numbers of floating point do not.
  @Test func wholeNumbersThatWrapAround() {
    var file = ONNXFile()
    file.addInput("x", [nil, 3], type: 2)
    file.addWeight("c", [3], type: 2, raw: [100, 100, 100])
    file.addNode("Add", ["x", "c"], "y")
    let error = #expect(throws: ModelFileError.self) { try Model(onnx: file.bytes(output: "y"), path: "x.onnx") }
    #expect(error.map { "\($0)".contains("short integers") } == true, "\(error as Any)")
  }

  @Test func bytesThatAreNoMessage() throws {
    var file = ONNXFile()
    file.addInput("x", [nil, 3])
    file.addNode("Relu", ["x"], "y")
    let bytes = file.bytes(output: "y")
    _ = try Model(onnx: bytes, path: "x.onnx")
    for count in 0..<bytes.count {
      #expect(throws: ModelFileError.self) { try Model(onnx: Array(bytes.prefix(count)), path: "x.onnx") }
    }
    #expect(throws: ModelFileError.self) {
      try Model(onnx: [0x08] + [UInt8](repeating: 0xFF, count: 12), path: "x.onnx")
    }
  }
}
