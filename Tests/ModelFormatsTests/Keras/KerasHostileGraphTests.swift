import ModelFormats
import NN
import Serialization
import Tensor
import Testing

/// Graphs that do not hold together, or are made to harm.
@Suite struct KerasHostileGraphTests {
  /// Changes of a description, and words of the error.
  @Test(arguments: [
    (#"["input",0,0],"shape""#, #"["add",0,0],"shape""#, "its own result"),
    (#"["input",0,0],"shape""#, #"["nowhere",0,0],"shape""#, "nowhere"),
    (#"["dense",0,0],"shape""#, #"["dense",7,0],"shape""#, "call 7"),
    (#"["dense",0,0],"shape""#, #"["dense",-1,0],"shape""#, "call -1"),
    (#"["dense",0,0],"shape""#, #"["dense",0,5],"shape""#, "does not have"),
    (#"["dense",0,0],"shape""#, #"["dense",0,-5],"shape""#, "result -5"),
    (#"["dense",0,0],"shape""#, #"["dense",0.5,0],"shape""#, "call -1"),
    (#""name":"dense_1""#, #""name":"dense""#, "two layers"),
    (#""input_layers":[["input",0,0]]"#, #""input_layers":[["dense",0,0]]"#, "no InputLayer"),
    (#""input_layers":[["input",0,0]]"#, #""input_layers":[["input",0,0],["input",0,0]]"#, "2 inputs"),
    (#""input_layers":[["input",0,0]]"#, #""input_layers":[]"#, "0 inputs"),
    (#""output_layers":[["add",0,0]]"#, #""output_layers":[["dense",0,0]]"#, "leads to no output"),
    (#""output_layers":[["add",0,0]]"#, #""output_layers":[]"#, "no outputs"),
    (#""output_layers":[["add",0,0]]"#, #""output_layers":[["add",0,1]]"#, "does not have"),
    (#""output_layers":[["add",0,0]]"#, #""output_layers":[["add",1,0]]"#, "call 1"),
  ])
  func aGraphThatDoesNotHoldTogetherIsReported(old: String, new: String, word: String) throws {
    let x = Input([4])
    let dense = Dense(4)(x)
    let bytes = try kerasBytes(of: Model(input: x, output: dense + Dense(4)(dense)))
    let changed = try changing("config.json", of: bytes) { text in
      #expect(text.contains(old), "\(text)")
      return text.replacing(old, with: new)
    }
    try expectRefusal(changed, word)
  }

  @Test func aLayerThatIsNeverCalledIsReported() throws {
    let layers = [input("x"), #"{"class_name":"ReLU","name":"r","config":{},"inbound_nodes":[]}"#]
    try expectRefusal(file(functional(layers, output: "x")), "never called")
  }

  @Test func shapesThatDoNotMergeAreReported() throws {
    let image = Input([2, 8, 8])
    let model = try Model(input: image, output: MaxPool2D(2)(image) + AveragePool2D(2)(image))
    let changed = try changing("config.json", of: kerasBytes(of: model)) { text in
      text.replacing(#""pool_size":[2,2]"#, with: #""pool_size":[4,4]"#, maxReplacements: 1)
    }
    let error = try expectRefusal(changed, "[2, 4, 4]")
    #expect(error.contains(#"layer "add""#) && error.contains("[2, 3, 3]"), "\(error)")
  }

  @Test func aMillionNodesAreRefused() throws {
    let node = #"{"class_name":"ReLU","name":"r","config":{},"inbound_nodes":[]},"#
    let layers = [input("x"), String(repeating: node, count: 1_000_000) + node.dropLast()]
    try expectRefusal(file(functional(layers, output: "r")), "values")
    let calls = String(repeating: #"[["x",0,0]],"#, count: 100_000) + #"[["x",0,0]]"#
    let layer = #"{"class_name":"ReLU","name":"r","config":{},"inbound_nodes":[\#(calls)]}"#
    try expectRefusal(file(functional([input("x"), layer], output: "r")), "calls")
  }

  @Test(arguments: [20, 100, 10_000])
  func modelsNestedWithoutEndAreRefused(depth: Int) throws {
    let start = #"{"module":"keras","class_name":"Sequential","config":{"name":"s","layers":["#
    try expectRefusal(
      file(String(repeating: start, count: depth) + String(repeating: "]}}", count: depth)), "deep")
  }

  /// Fifteen models in each other, each of which calls the next one four times: a thousand million calls.
  @Test func aModelThatCallsWithoutEndIsRefused() throws {
    var model = #"{"class_name":"ReLU","name":"m","config":{},"inbound_nodes":NODES}"#
    let nodes = ["x", "m", "m", "m"].enumerated().map { index, name in
      let number = max(index - 1, 0)
      return
        #"{"args":[{"class_name":"__keras_tensor__","config":{"keras_history":["\#(name)",\#(number),0]}}],"kwargs":{}}"#
    }
    for level in 0..<15 {
      let inner = model.replacing("NODES", with: "[\(nodes.joined(separator: ","))]")
      let whole = functional([input("x"), inner], output: "m", node: level == 0 ? 3 : 4)
      model = whole.dropLast() + #","name":"m","inbound_nodes":NODES}"#
    }
    try expectRefusal(file(model.replacing("NODES", with: "[]")), "calls")
  }

  private func input(_ name: String) -> String {
    #"{"class_name":"InputLayer","name":"\#(name)","config":{"name":"\#(name)","batch_shape":[null,4]},"inbound_nodes":[]}"#
  }

  private func functional(_ layers: [String], output: String, node: Int = 0) -> String {
    #"{"class_name":"Functional","config":{"name":"f","layers":[\#(layers.joined(separator: ","))],"#
      + #""input_layers":["x",0,0],"output_layers":["\#(output)",\#(node),0]}}"#
  }

  private func file(_ config: String) throws -> [UInt8] {
    try changing("config.json", of: kerasBytes(of: Sequential(input: [4]) { Dense(2) })) { _ in config }
  }

  @discardableResult
  private func expectRefusal(_ bytes: [UInt8], _ word: String) throws -> String {
    let error = #expect(throws: ModelFileError.self) { try Model(keras: bytes, path: "model.keras") }
    let text = error.map { "\($0)" } ?? "none"
    #expect(text.contains(word), "\(text)")
    return text
  }
}
