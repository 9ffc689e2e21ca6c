import NN
import Serialization
import Tensor

/// One layer of Keras as it was read: the layers that it becomes, and what is kept of it.
struct KerasReading {
  let parts: [KerasPart]
  private let member: KerasDescription.Member
  private let kept: [String: KerasKept]

  /// The layers that treat each number on its own, or lose the axes: for them an image without channels is one with a
  /// single channel.
  private static let planeClasses: Set<String> = [
    "Flatten", "Reshape", "Rescaling", "Dropout", "Activation", "ReLU", "LeakyReLU",
  ]

  /// The layers that do something else in training.
  private static let trainingClasses = TrainingOnlyLayer.classes.union(["Dropout", "BatchNormalization"])

  /// Reads the class and the options of a layer.
  ///
  /// - Throws: the problem naming the class or option that is not supported, or that Keras would train differently.
  init(
    _ member: KerasDescription.Member, _ input: KerasInput, for purpose: KerasPurpose
  ) throws(ModelFileError.Problem) {
    self.member = member
    if let foreign = member.foreignClass { throw .unsupported(found: foreign, expected: KerasClasses.names) }
    let actsInTraining = TrainingOnlyLayer.classes.contains(member.kerasClass)
    if actsInTraining || member.kerasClass == TrainingOnlyLayer.identity {
      if purpose == .training && actsInTraining {
        throw .unsupported(
          found: "the class \(member.kerasClass)",
          expected: "a layer that Kilim can train with; Sequential(contentsOf:) reads the model for prediction")
      }
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
    guard let reader = KerasClasses.readers[member.kerasClass], let table = KerasTables.layers[member.kerasClass] else {
      throw .unsupported(found: "the class \(member.kerasClass)", expected: KerasClasses.names)
    }
    guard !input.isPlane || Self.planeClasses.contains(member.kerasClass) else {
      throw .unsupported(
        found: "the class \(member.kerasClass) on an input [null, H, W]", expected: "a Flatten layer before it")
    }
    var options = KerasOptions(member.options, of: table, for: purpose)
    var parts = try reader(&options, input)
    if let activation = options.activationBehind {
      parts.append(KerasPart(ActivationLayer(activation), optionNames: [:]))
      if let penalty = options.regularizer("activity_regularizer") {
        parts.append(KerasPart(ActivityRegularization(penalty), optionNames: [:]))
      }
    }
    self.parts = parts
    if input.isPlane, parts.contains(where: { ($0.layer as? ActivationLayer)?.activation == .softmax }) {
      throw .unsupported(found: "a softmax on an input [null, H, W]", expected: "a Flatten layer before it")
    }
    var kept = try options.finish()
    let holdsVariables = parts.contains { !$0.variableShapes(inputShape: input.shape).isEmpty }
    if !member.isTrainable {
      if purpose == .training && holdsVariables {
        throw .unsupported(found: "trainable = false", expected: "true, as Kilim trains every layer")
      }
      kept["trainable"] = KerasKept(value: false, changesTraining: holdsVariables)
    }
    if purpose == .training, member.isForInference, Self.trainingClasses.contains(member.kerasClass) {
      throw .unsupported(
        found: "a call with training = false", expected: "a call without it, as Kilim would train the layer differently"
      )
    }
    self.kept = kept
  }

  /// Whether an image without channels stays one.
  var keepsPlane: Bool {
    !parts.contains { $0.layer is Flatten } && member.kerasClass != "Reshape"
  }

  /// What is kept with one of the layers that the layer has become.
  func origin(ofPart index: Int, shapes: [Shape]) -> KerasOrigin.Layer {
    let part = parts[index]
    var kept: [String: KerasKept] = [:]
    for (key, value) in self.kept where part.optionNames == nil || ["dtype", "trainable"].contains(key) {
      kept[key] = value
    }
    for (own, theirs) in part.optionNames ?? [:] { kept[own] = self.kept[theirs] }
    return KerasOrigin.Layer(
      name: index == 0 ? member.name : "\(member.name)_\(index + 1)", folder: member.folder, shapes: shapes,
      kept: kept, isForInference: member.isForInference && Self.trainingClasses.contains(member.kerasClass),
      refusal: refusal(of: part, kept))
  }

  /// What cannot be written again.
  private func refusal(of part: KerasPart, _ kept: [String: KerasKept]) -> String? {
    if self.kept["activity_regularizer"] != nil, parts.last?.layer is ActivationLayer, parts.count > 1 {
      return "activity_regularizer of a layer with the activation inside it"
    }
    guard part.firstShape != nil else { return nil }
    // The kernel is written with other axes, along which these would mean something else.
    if let penalty = kept["kernel_regularizer"] {
      return "kernel_regularizer = \(penalty.value) of a \(member.kerasClass)"
    }
    if let constraint = kept["kernel_constraint"] {
      return "kernel_constraint = \(constraint.value) of a \(member.kerasClass)"
    }
    return nil
  }
}
