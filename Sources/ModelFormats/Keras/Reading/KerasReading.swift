import NN
import Serialization
import Tensor

/// One layer of Keras as it was read: the layers that it becomes, and what is kept of it.
struct KerasReading {
  let parts: [KerasPart]
  /// The type of what the layer makes, where Keras has whole numbers there.
  let integer: KerasInteger?
  private let member: KerasDescription.Member
  private let kept: [String: KerasKept]

  /// The layers that treat each number on its own, or lose the axes: for them an image without channels is one with a
  /// single channel.
  static let planeClasses: Set<String> = [
    "Flatten", "Reshape", "Rescaling", "Dropout", "GaussianNoise", "GaussianDropout", "AlphaDropout", "Activation",
    "ReLU", "LeakyReLU",
  ]

  /// The layers that take first states behind their input.
  private static let statefulClasses: Set<String> = ["SimpleRNN", "LSTM", "GRU", "ConvLSTM2D", "Bidirectional"]

  /// Reads the class and the options of a layer.
  ///
  /// - Throws: the problem naming the class or option that is not supported, or that Keras would train differently.
  init(
    _ member: KerasDescription.Member, _ inputs: [KerasInput], for purpose: KerasPurpose
  ) throws(ModelFileError.Problem) {
    self.member = member
    let input = inputs[0]
    if let foreign = member.foreignClass {
      let own = member.registeredName.map { "a class of this name, \($0), among customLayers" }
      throw .unsupported(found: foreign, expected: own ?? KerasClasses.names)
    }
    integer = try member.integer(after: inputs)
    if let operation = member.operation {
      parts = try operation.parts(inputs)
      try Self.refuseLines(of: parts, on: input)
      kept = [:]
      return
    }
    guard
      KerasClasses.mergingReaders[member.kerasClass] != nil || inputs.count == 1
        || Self.statefulClasses.contains(member.kerasClass)
    else {
      throw .unsupported(
        found: "\(counted(inputs.count, "input")) of a layer of class \(member.kerasClass)", expected: "one")
    }
    let actsInTraining = TrainingOnlyLayer.classes.contains(member.kerasClass)
    if actsInTraining || member.kerasClass == TrainingOnlyLayer.identity {
      if purpose == .training && actsInTraining {
        throw .unsupported(
          found: "the class \(member.kerasClass)",
          expected: "a layer that Kilim can train with; Model(contentsOf:) reads the model for prediction")
      }
      try Self.refuse(member.arguments)
      let left: Set<String> = ["name", "dtype", "trainable", "batch_input_shape"]
      // Versions before 3.6 do not know the order of the axes, which is the usual one.
      let usual: JSON = "channels_last"
      var type = KerasOptions(member.options.filter { $0.key == "dtype" }, of: [:], for: purpose)
      let options = member.options.filter {
        !left.contains($0.key) && $0.value != .null && !($0.key == "data_format" && $0.value == usual)
      }
      .merging(try type.finish().mapValues(\.value)) { $1 }
      parts = [KerasPart(TrainingOnlyLayer(member.kerasClass, options))]
      kept = [:]
      return
    }
    let merge = KerasClasses.mergingReaders[member.kerasClass]
    let read = KerasClasses.readers[member.kerasClass]
    guard merge != nil || read != nil, let table = KerasTables.layers[member.kerasClass] else {
      throw .unsupported(found: "the class \(member.kerasClass)", expected: KerasClasses.names)
    }
    guard !inputs.contains(where: \.isPlane) || Self.planeClasses.contains(member.kerasClass) else {
      throw .unsupported(
        found: "the class \(member.kerasClass) on an input [null, H, W]", expected: "a Flatten layer before it")
    }
    let arguments = member.arguments.filter { table[$0.key] != nil }
    try Self.refuse(member.arguments.filter { table[$0.key] == nil })
    var options = KerasOptions(member.options.merging(arguments) { $1 }, of: table, for: purpose)
    var parts: [KerasPart] = []
    if let merge {
      parts = [KerasPart(try merge(&options, inputs))]
    } else if let read {
      parts = try read(&options, input)
    }
    if let activation = options.activationBehind {
      parts.append(KerasPart(ActivationLayer(activation), optionNames: [:]))
      if let penalty = options.regularizer("activity_regularizer") {
        parts.append(KerasPart(ActivityRegularization(penalty), optionNames: [:]))
      }
    }
    self.parts = parts
    try Self.refuseLines(of: parts, on: input)
    kept = try options.finish()
  }

  /// Refuses functions of whole lines on an image without channels: Keras's lines are its rows, and here they would be its
  /// channels, of which there is one.
  private static func refuseLines(of parts: [KerasPart], on input: KerasInput) throws(ModelFileError.Problem) {
    let functions = parts.compactMap { ($0.layer as? ActivationLayer)?.activation }
    guard input.isPlane, let function = functions.first(where: { [.softmax, .logSoftmax, .sparsemax].contains($0) })
    else { return }
    throw .unsupported(
      found: "the activation \(function) on an input [null, H, W]", expected: "a Flatten layer before it")
  }

  /// Refuses arguments of calls, unless they say no.
  private static func refuse(_ arguments: [String: JSON]) throws(ModelFileError.Problem) {
    guard let name = arguments.filter({ $0.value != false }).keys.min() else { return }
    throw .unsupported(
      found: "a call with \(name) = \(arguments[name] ?? .null)", expected: "a call with the input alone")
  }

  /// Whether an image without channels stays one.
  var keepsPlane: Bool {
    !parts.contains { $0.layer is Flatten } && member.kerasClass != "Reshape"
  }

  /// What is kept with one of the layers that the layer has become.
  func origin(ofPart index: Int, key: String, shapes: [Shape]) -> KerasOrigin.Layer {
    let part = parts[index]
    var kept: [String: KerasKept] = [:]
    for (key, value) in self.kept where part.optionNames == nil || key == "dtype" { kept[key] = value }
    for (own, theirs) in part.optionNames ?? [:] { kept[own] = self.kept[theirs] }
    return KerasOrigin.Layer(
      name: Self.name(member.names.last ?? "", ofPart: index), key: key, shapes: shapes, kept: kept,
      refusal: refusal, isOperation: member.operation != nil, isUnrolled: isUnrolled)
  }

  /// Whether Keras computes the steps one by one, or those of a layer inside.
  private var isUnrolled: Bool {
    let inner = ["layer", "backward_layer"].map { member.options[$0]?["config"]?["unroll"] }
    return ([member.options["unroll"]] + inner).contains(true)
  }

  /// The name of one of the layers that a layer has become.
  static func name(_ name: String, ofPart index: Int) -> String { index == 0 ? name : "\(name)_\(index + 1)" }

  /// Where the variables stand: those of several layers that Keras has as one are in one folder.
  func variableFolders(inputShapes: [Shape]) -> [KerasVariableFolder] {
    if parts.count == 1 {
      return parts[0].values == nil ? parts[0].layer.kerasVariableFolders(inputShapes: inputShapes) : []
    }
    return [
      KerasVariableFolder(
        path: "", count: parts.reduce(0) { $0 + $1.layer.kerasVariableShapes(inputShapes: inputShapes).count })
    ]
  }

  /// The variables as the layers have them. Those of layers that run on NVIDIA's cuDNN alone have another layout.
  ///
  /// - Throws: the problem if they have other shapes.
  func converted(_ values: [Tensor<Float>]) throws(ModelFileError.Problem) -> [Tensor<Float>] {
    guard let layer = parts.first?.layer as? Bidirectional else {
      return try CuDNNWeights.converted(values, ofClass: member.kerasClass)
    }
    // Those of the layer forwards stand before those of the other.
    let folders = (layer.forward as? any KerasLayer)?.kerasVariableFolders(inputShapes: []) ?? []
    let count = folders.reduce(0) { $0 + $1.count }
    let classes = ["layer", "backward_layer"].compactMap { member.options[$0]?["class_name"]?.text }
    return try CuDNNWeights.converted(Array(values.prefix(count)), ofClass: classes.first ?? "")
      + CuDNNWeights.converted(Array(values.dropFirst(count)), ofClass: classes.last ?? "")
  }

  /// What cannot be written again.
  private var refusal: String? {
    guard kept["activity_regularizer"] != nil, parts.last?.layer is ActivationLayer, parts.count > 1 else { return nil }
    return "activity_regularizer of a layer with the activation inside it"
  }
}
