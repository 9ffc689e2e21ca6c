import Autograd
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import Testing

/// What a file says and Kilim does not do: kept, or refused by name.
@Suite struct KerasMeaningTests {
  private static let penalty = #"{"module":null,"class_name":"L2","config":{"l2":0.1},"registered_name":"My>L2"}"#
  private static let negative =
    #"{"module":"keras.regularizers","class_name":"L1","config":{"l1":-1},"registered_name":null}"#
  private static let norm =
    #"{"module":null,"class_name":"MaxNorm","config":{"max_value":2,"axis":0},"registered_name":"My>MaxNorm"}"#
  private static let beyond =
    #"{"module":"keras.constraints","class_name":"MaxNorm","config":{"max_value":2,"axis":4},"registered_name":null}"#
  private static let orthogonal =
    #"{"module":"keras.regularizers","class_name":"OrthogonalRegularizer","config":{"factor":0.1},"registered_name":null}"#

  /// An option, its value, and the layer that has it.
  static let trainingOptions: [(key: String, value: String, class: String)] = [
    ("kernel_regularizer", penalty, "Conv2D"), ("kernel_regularizer", orthogonal, "Conv2D"),
    ("kernel_regularizer", penalty, "Dense"), ("kernel_regularizer", #""huber""#, "Dense"),
    ("bias_regularizer", negative, "Conv2D"), ("bias_regularizer", orthogonal, "Dense"),
    ("activity_regularizer", penalty, "Conv2D"), ("activity_regularizer", orthogonal, "Conv2D"),
    ("kernel_constraint", norm, "Conv2D"), ("kernel_constraint", beyond, "Conv2D"), ("bias_constraint", norm, "Dense"),
    ("beta_regularizer", penalty, "BatchNormalization"), ("gamma_regularizer", negative, "BatchNormalization"),
    ("gamma_constraint", beyond, "BatchNormalization"),
  ]

  /// A model with the option in its first layer of the class, in place of what is there.
  private static func bytes(_ key: String, _ value: String, _ kind: String) throws -> [UInt8] {
    try changing("config.json", of: kerasBytes(of: model())) { text in
      let start = #""class_name":"\#(kind)","config":{"#
      var text = text
      // A key that is there already gives way.
      if let range = text.firstRange(of: start) {
        let end = text[range.upperBound...].firstRange(of: #""module":"keras.layers""#)?.lowerBound ?? text.endIndex
        var options = String(text[range.upperBound..<end])
        options = options.replacing(#""\#(key)":null,"#, with: "")
        text.replaceSubrange(range.upperBound..<end, with: "\"\(key)\":\(value)," + options)
      }
      return text
    }
  }

  private static func model() throws -> Sequential {
    try Sequential(input: [2, 6, 6]) {
      Conv2D(4, kernelSize: 3)
      BatchNorm()
      Dropout(0.5)
      Flatten()
      Dense(3, activation: .softmax)
    }
  }

  @Test(arguments: trainingOptions)
  func whatChangesTrainingIsRefusedForTrainingAndKeptForPrediction(key: String, value: String, kind: String) throws {
    let bytes = try Self.bytes(key, value, kind)
    let error = #expect(throws: ModelFileError.self) { try KerasFile(bytes: bytes, path: "model.keras") }
    #expect(error.map { "\($0)" }?.contains(key) == true, "\(error.map { "\($0)" } ?? "none")")

    let model = try Sequential(keras: bytes, path: "model.keras")
    let again = try kerasConfig(kerasBytes(of: model))
    let layer = try #require(again["config"]?["layers"]?.elements?.first { $0["class_name"]?.text == kind })
    let expected = try JSON(parsing: Array(value.utf8))
    let found = try #require(layer["config"]?[key])
    #expect(found["config"] == expected["config"] && found["class_name"] == expected["class_name"], "\(found)")
    if expected["class_name"] == nil { #expect(found == expected) }
    // With the state of a training that Kilim did without it, the file would not say the truth.
    #expect(throws: ModelFileError.self) {
      try model.checkSavable(optimizer: Adam(), loss: .categoricalCrossEntropy)
    }
  }

  /// Spellings of penalties.
  @Test(arguments: [
    (#"{"class_name":"L1L2","config":{"l1":0.0,"l2":0.01}}"#, Regularizer.l1l2(l1: 0, l2: 0.01)),
    (#"{"class_name":"L2","config":{"l2":0.25}}"#, .l2(0.25)),
    (#"{"module":"keras.regularizers","class_name":"L2","config":{},"registered_name":null}"#, .l2(0.01)),
    (#""l2""#, .l2()), (#""L2""#, .l2()), (#""l1""#, .l1()), (#""l1_l2""#, .l1l2(l1: 0, l2: 0)),
    (#"{"class_name":"L1","config":{"l1":0.0}}"#, .l1(0)),
    (#"{"class_name":"OrthogonalRegularizer","config":{"mode":"columns"}}"#, .orthogonal(of: .columns)),
  ])
  func penaltiesThatKilimHasAreApplied(value: String, penalty: Regularizer) throws {
    let file = try KerasFile(bytes: Self.bytes("kernel_regularizer", value, "Dense"), path: "model.keras")
    #expect((file.model.layers[4] as? Dense)?.kernelRegularizer == penalty)
    let again = try KerasFile(bytes: kerasBytes(of: file.model), path: "model.keras")
    #expect((again.model.layers[4] as? Dense)?.kernelRegularizer == penalty)
  }

  /// Spellings of constraints: an axis in Keras's layout, and the same here.
  @Test(arguments: [
    (#""non_neg""#, "Dense", Constraint.nonNegative),
    (#""max_norm""#, "Dense", .maxNorm(axes: [0])),
    (#"{"class_name":"UnitNorm","config":{"axis":-1}}"#, "Dense", .unitNorm(axes: [1])),
    (#"{"class_name":"UnitNorm","config":{"axis":null}}"#, "Dense", .unitNorm(axes: [0, 1])),
    (#"{"class_name":"MaxNorm","config":{"max_value":3,"axis":[0,1,2]}}"#, "Conv2D", .maxNorm(3, axes: [1, 2, 3])),
    (
      #"{"class_name":"MinMaxNorm","config":{"min_value":0.5,"max_value":2,"rate":0.5,"axis":[2]}}"#, "Conv2D",
      .minMaxNorm(minimum: 0.5, maximum: 2, rate: 0.5, axes: [1])
    ),
  ])
  func constraintsThatKilimHasAreApplied(value: String, kind: String, constraint: Constraint) throws {
    let file = try KerasFile(bytes: Self.bytes("kernel_constraint", value, kind), path: "model.keras")
    for file in [file, try KerasFile(bytes: kerasBytes(of: file.model), path: "model.keras")] {
      let parameters = file.model.namedParameters.filter { $0.parameter.constraint != nil }
      #expect(parameters.map(\.name) == [kind == "Dense" ? "dense.weight" : "conv2d.weight"])
      #expect(parameters.first?.parameter.constraint == constraint)
    }
  }

  @Test func constraintsOfRecurrentLayersAreWritten() throws {
    var options = RecurrentOptions()
    (options.kernelConstraint, options.recurrentConstraint) = (.maxNorm(3), .unitNorm())
    let images = try Sequential(input: [2, 1, 4, 4]) { ConvLSTM2D(2, kernelSize: 2, options) }
    let sequence = try Sequential(input: [4, 3]) { GRU(2, options) }
    for (model, axes) in [(images, [1, 2, 3]), (sequence, [0])] {
      let read = try Model(keras: kerasBytes(of: model), path: "written.keras")
      #expect(read.parameters.compactMap(\.constraint) == [.maxNorm(3, axes: axes), .unitNorm(axes: axes)])
    }
  }

  /// First values, and options without meaning here.
  @Test(arguments: [
    ("bias_initializer", #"{"module":"keras.initializers","class_name":"Ones","config":{},"registered_name":null}"#),
    ("kernel_initializer", #"{"class_name":"VarianceScaling","config":{"scale":1.0,"mode":"fan_avg","seed":null}}"#),
    (
      "kernel_initializer",
      #"{"class_name":"VarianceScaling","config":{"scale":2.0,"mode":"fan_out","distribution":"truncated_normal"}}"#
    ),
  ])
  func firstValuesAreWrittenAgain(key: String, value: String) throws {
    let usual = key == "kernel_initializer" ? "GlorotUniform" : "Zeros"
    let bytes = try changing("config.json", of: kerasBytes(of: Self.model())) { text in
      let initializer =
        #""\#(key)":{"class_name":"\#(usual)","config":{},"module":"keras.initializers","registered_name":null},"#
      #expect(text.contains(initializer))
      return text.replacing(initializer, with: "\"\(key)\":\(value),")
    }
    let file = try KerasFile(bytes: bytes, path: "model.keras")
    let layers = try #require(kerasConfig(file.bytes(for: "x"))["config"]?["layers"]?.elements)
    let expected = try JSON(parsing: Array(value.utf8))["class_name"]
    #expect(layers.last?["config"]?[key]?["class_name"] == expected)
  }

  /// What the last layer says of its class, and a word of the error.
  @Test(arguments: [
    (#""module":null,"registered_name":null"#, "module null"),
    (#""module":"my.layers","registered_name":null"#, "my.layers"),
    (#""module":"keras_hub.layers","registered_name":null"#, "keras_hub.layers"),
    (#""module":"keras.layers","registered_name":"My>Dense""#, "My>Dense"),
  ])
  func aClassThatIsNotKerasIsRefused(new: String, word: String) throws {
    let bytes = try changing("config.json", of: kerasBytes(of: Self.model())) { text in
      var text = text
      let last = text.ranges(of: #""module":"keras.layers","registered_name":null"#).last
      if let last { text.replaceSubrange(last, with: new) }
      return text
    }
    let error = #expect(throws: ModelFileError.self) { try Sequential(keras: bytes, path: "model.keras") }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(word) && text.contains("not Keras's own"), "\(text)")
  }

  /// Changes of `functional.keras`, and words of the error.
  @Test(arguments: [
    (#""kwargs": {}"#, #""kwargs": {"mask": [1]}"#, "mask"),
    (#""tf_keras.src.engine.functional""#, #""my.engine""#, "my.engine"),
    (#""sparse": false"#, #""sparse": true"#, "sparse"),
  ])
  func whatAFunctionalModelSaysBesidesItsLayersIsRead(old: String, new: String, word: String) throws {
    let bytes = try changingKeras("Keras/kinds/functional.keras", old, new)
    let error = #expect(throws: ModelFileError.self) { try Sequential(keras: bytes, path: "model.keras") }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(word) && !text.contains("damaged"), "\(text)")
  }

  @Test(arguments: [
    #"{"training": null}"#, #"{"mask": null}"#, #"{"training": false}"#, #"{"training": true}"#,
  ])
  func argumentsThatChangeNoPredictionAreAccepted(arguments: String) throws {
    let bytes = try changingKeras("Keras/kinds/functional.keras", #""kwargs": {}"#, #""kwargs": \#(arguments)"#)
    #expect(throws: Never.self) { try Sequential(keras: bytes, path: "model.keras") }
  }

  /// Changes of the layer `class`, each with a word of the error for prediction.
  @Test(arguments: [
    ("dtype", #"{"class_name":"DTypePolicy","config":{"name":"mixed_float16"}}"#, "Dense", "mixed_float16"),
    ("dtype", #""mixed_bfloat16""#, "Conv2D", "mixed_bfloat16"), ("dtype", #""float16""#, "Dropout", "float16"),
    ("data_format", #""channels_first""#, "Conv2D", "channels_first"),
    ("renorm", "true", "BatchNormalization", "renorm"),
    ("data_format", #""channels_first""#, "Flatten", "channels_first"),
    ("lora_rank", "4", "Dense", "lora_rank"), ("quantization_config", "{}", "Dense", "quantization_config"),
    ("new_option", "3", "Dense", "new_option"), ("new_option", "true", "Conv2D", "new_option"),
  ])
  func whatChangesPredictionsIsRefusedByName(key: String, value: String, kind: String, word: String) throws {
    let error = #expect(throws: ModelFileError.self) {
      try Sequential(keras: Self.bytes(key, value, kind), path: "model.keras")
    }
    #expect(error.map { "\($0)" }?.contains(word) == true, "\(error.map { "\($0)" } ?? "none")")
  }

  /// The axis of a normalization of features, and whether it is the last.
  @Test(arguments: [
    ("-1", true), ("1", true), ("[1]", true), ("[-1]", true), ("3", false), ("[3]", false), ("0", false),
  ])
  func theAxisOfANormalizationOfFeaturesIsRead(axis: String, isLast: Bool) throws {
    let bytes = try changingKeras("Keras/kinds/axis.keras", #""axis": 1, "momentum""#, #""axis": \#(axis), "momentum""#)
    let model = try? Sequential(keras: bytes, path: "model.keras")
    #expect((model != nil) == isLast)
  }

  @Test func aNumberThatIsNotFiniteIsRefusedByName() throws {
    let model = try Sequential(input: [3]) {
      Rescaling(.nan)
      Dense(2)
    }
    let error = #expect(throws: ModelFileError.self) { try kerasBytes(of: model) }
    #expect(error?.place == #"layer "rescaling""#)
    #expect(error.map { "\($0)" }?.contains("scale") == true)
  }
}
