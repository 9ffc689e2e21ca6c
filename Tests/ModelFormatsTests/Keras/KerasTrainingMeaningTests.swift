import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// Losses, metrics, optimizers and compile settings: applied, kept or refused by name.
@Suite struct KerasTrainingMeaningTests {
  /// A compiled file, with a text in its configuration replaced.
  private func file(_ old: String, _ new: String, outputs: Int = 3) throws -> KerasFile {
    let model = try Sequential(input: [4]) { Dense(outputs, activation: .sigmoid) }
    let training = KerasTraining(optimizer: Adam(), loss: .binaryCrossEntropy)
    let bytes = try KerasFile(model: model, training: training).bytes(for: "model.keras")
    let changed = try changing("config.json", of: bytes) { text in
      #expect(text.contains(old))
      return text.replacing(old, with: new, maxReplacements: 1)
    }
    return try KerasFile(bytes: changed, path: "model.keras")
  }

  private static func metric(_ kind: String, _ options: String = "") -> String {
    #"{"module":"keras.metrics","class_name":"\#(kind)","config":{"name":"m","dtype":"float32"\#(options)},"registered_name":null}"#
  }

  /// A metric of Keras, the number of outputs, and whether Kilim has one that gives the same number.
  @Test(arguments: [
    (#""accuracy""#, 3, true), (#""acc""#, 1, true), (#""Accuracy""#, 3, true),
    (metric("BinaryAccuracy"), 3, true), (metric("BinaryAccuracy"), 1, true),
    (metric("BinaryAccuracy", #","threshold":0.7"#), 1, true), (#""binary_accuracy""#, 3, true),
    (metric("BinaryAccuracy", #","threshold":0.5"#), 1, true),
    (metric("CategoricalAccuracy"), 3, true), (metric("CategoricalAccuracy"), 1, false),
    (#""sparse_categorical_accuracy""#, 3, true), (metric("Accuracy"), 3, false),
    (metric("TopKCategoricalAccuracy", #","k":2"#), 3, true), (metric("AUC", #","num_thresholds":200"#), 3, true),
    (metric("AUC", #","curve":"PRGAIN","multi_label":true,"num_labels":3,"label_weights":[1,2,3]"#), 3, true),
    (metric("AUC", #","label_weights":[1,2]"#), 3, false), (metric("AUC", #","num_thresholds":1"#), 3, false),
    (metric("AUC", #","thresholds":[0.2,0.6],"summation_method":"minoring""#), 3, true),
    (metric("Precision", #","thresholds":0.7"#), 3, true), (metric("Precision", #","thresholds":[0.7]"#), 3, true),
    (metric("Recall", #","thresholds":[0.5,0.7]"#), 3, false), (metric("Recall", #","top_k":2,"class_id":0"#), 3, true),
    (metric("Recall", #","top_k":4"#), 3, false), (metric("Precision", #","class_id":3"#), 3, false),
    (metric("F1Score", #","average":null"#), 3, false), (metric("F1Score", #","average":"macro""#), 3, true),
    (metric("F1Score", #","average":"macro""#), 1, false),
    (metric("FBetaScore", #","average":"micro","beta":2.0,"threshold":0.4"#), 1, true),
    (metric("FBetaScore", #","average":"micro","beta":2.0,"threshold":1.4"#), 1, false),
    (metric("R2Score", #","class_aggregation":"uniform_average","num_regressors":0"#), 3, true),
    (metric("R2Score", #","class_aggregation":null"#), 3, false), (#""r2_score""#, 3, false),
    (#""mse""#, 3, true), (#""MAE""#, 3, true), (#""mean_squared_logarithmic_error""#, 3, true),
    (#""RootMeanSquaredError""#, 3, true), (#""auc""#, 3, true), (#""kl_divergence""#, 3, true), (#""bce""#, 3, true),
    (#""cosine_similarity""#, 3, true), (#""log_cosh_error""#, 3, true), (#""hinge""#, 1, true),
    (
      #"{"module":"builtins","class_name":"function","config":"cosine_similarity","registered_name":"function"}"#, 3,
      false
    ),
    (metric("CategoricalCrossentropy", #","from_logits":true,"label_smoothing":0.1,"axis":-1"#), 3, true),
    (metric("SparseCategoricalCrossentropy", #","ignore_class":1"#), 3, false),
    (
      #"{"module":null,"class_name":"CategoricalAccuracy","config":{},"registered_name":"My>CategoricalAccuracy"}"#, 3,
      false
    ),
    (
      #"{"module":"builtins","class_name":"function","config":"categorical_accuracy","registered_name":"function"}"#, 3,
      true
    ),
    (#"{"module":"builtins","class_name":"function","config":"mine","registered_name":"mine"}"#, 3, false),
  ])
  func aMetricIsExactOrPassedOverAndStaysInTheFile(json: String, outputs: Int, isKnown: Bool) throws {
    let file = try file(#""metrics":["accuracy"]"#, #""metrics":[\#(json)]"#, outputs: outputs)
    let training = try #require(file.training)
    #expect(training.metrics.count == (isKnown ? 1 : 0) && training.otherMetrics.count == (isKnown ? 0 : 1))
    let again = try kerasConfig(file.bytes(for: "model.keras"))["compile_config"]?["metrics"]
    #expect(again == [try JSON(parsing: Array(json.utf8))])
  }

  /// Changes of the file, and a word of the error.
  @Test(arguments: [
    (#""loss":"binary_crossentropy""#, #""loss":null"#, "without a loss"),
    (
      #""loss":"binary_crossentropy""#,
      #""loss":{"module":"keras.losses","class_name":"BinaryCrossentropy","config":{"reduction":"sum"},"registered_name":null}"#,
      "reduction"
    ),
    (
      #""loss":"binary_crossentropy""#,
      #""loss":{"module":"keras.losses","class_name":"BinaryCrossentropy","config":{"reduction":"none"},"registered_name":null}"#,
      "reduction"
    ),
    (
      #""loss":"binary_crossentropy""#,
      #""loss":{"module":"keras.losses","class_name":"BinaryCrossentropy","config":{"axis":1},"registered_name":null}"#,
      "axis"
    ),
    (
      #""loss":"binary_crossentropy""#,
      #""loss":{"module":"keras.losses","class_name":"SparseCategoricalCrossentropy","config":{"ignore_class":0.5},"registered_name":null}"#,
      "ignore_class"
    ),
    (
      #""loss":"binary_crossentropy""#,
      #""loss":{"module":"mine","class_name":"BinaryCrossentropy","config":{},"registered_name":"My>BinaryCrossentropy"}"#,
      "not Keras's own"
    ),
    (
      #""loss":"binary_crossentropy""#,
      #""loss":{"module":"builtins","class_name":"function","config":"focal","registered_name":"focal"}"#, "focal"
    ),
    (#""loss":"binary_crossentropy""#, #""loss":"binary_crossentropy","loss_weights":[2.0]"#, "loss_weights"),
    (#""loss":"binary_crossentropy""#, #""loss":"binary_crossentropy","gradient_penalty":2"#, "gradient_penalty"),
    (#""beta_1":0.9"#, #""beta_1":0.9,"loss_scale_factor":4"#, "loss_scale_factor"),
    (#""beta_1":0.9"#, #""beta_1":0.9,"clipnorm":1,"clipvalue":1"#, "two kinds of clipping"),
    (#""beta_1":0.9"#, #""beta_1":0.9,"decay":0.1"#, "decay"),
    (#""class_name":"Adam""#, #""class_name":"LossScaleOptimizer""#, "LossScaleOptimizer"),
    (
      #""module":"keras.optimizers","registered_name":null"#,
      #""module":"keras.optimizers","registered_name":"My>Adam""#, "My>Adam"
    ),
  ])
  func whatTrainsDifferentlyIsRefusedByName(old: String, new: String, word: String) throws {
    let error = #expect(throws: ModelFileError.self) { try file(old, new) }
    #expect(error.map { "\($0)" }?.contains(word) == true, "\(error.map { "\($0)" } ?? "none")")
  }

  /// A threshold of Keras is compared with logits as they are.
  @Test func metricsWithThresholdsArePassedOverBesideLogits() throws {
    let logits =
      #""loss":{"module":"keras.losses","class_name":"BinaryCrossentropy","config":{"from_logits":true},"registered_name":null}"#
    for (json, isKnown) in [
      (Self.metric("Precision"), false), (Self.metric("AUC"), false),
      (Self.metric("AUC", #","from_logits":true"#), true), (Self.metric("BinaryAccuracy", #","threshold":0.4"#), true),
    ] {
      let file = try file(
        #""loss":"binary_crossentropy","metrics":["accuracy"]"#, logits + #","metrics":[\#(json)]"#)
      #expect(file.training?.metrics.count == (isKnown ? 1 : 0), "\(json)")
    }
  }

  @Test func whatKerasLacksIsNotWritten() throws {
    let model = try Sequential(input: [4]) { Dense(3) }
    func refused(_ optimizer: any Optimizer, _ loss: any Loss = .meanSquaredError, _ metrics: [any Metric] = []) {
      #expect(throws: ModelFileError.self) {
        try model.checkSavable(optimizer: optimizer, loss: loss, metrics: metrics)
      }
    }
    refused(Adam(scales: ["dense": 0.1]))
    refused(AdamW(decayExclusions: [.vectors]))
    refused(SGD(), .binaryCrossEntropy(fromLogits: true), [Precision()])
    refused(SGD(), .categoricalCrossEntropy(fromLogits: true), [AUC()])
    refused(SGD(), .meanSquaredError, [LossMetric(Huber(), name: "huber")])
    refused(SGD(), .meanSquaredError, [LossMetric(CosineSimilarity(), name: "negative")])
    #expect(throws: Never.self) {
      try model.checkSavable(
        optimizer: SGD(), loss: .binaryCrossEntropy(fromLogits: true),
        metrics: [AUC(), Accuracy(threshold: 0.4), BinaryAccuracy(threshold: 0.6), .cosineSimilarity, .logCosh])
    }
  }

  /// The same loss in other words.
  @Test(arguments: [
    #"["binary_crossentropy"]"#, #"{"dense":"binary_crossentropy"}"#, #""BinaryCrossentropy""#,
    #"{"module":"builtins","class_name":"function","config":"binary_crossentropy","registered_name":"function"}"#,
    #"{"module":"keras.losses","class_name":"BinaryCrossentropy","config":{"name":"b","reduction":"mean","axis":-1,"from_logits":0},"registered_name":null}"#,
    #"{"class_name":"BinaryCrossentropy","config":{"reduction":"auto","fn":"binary_crossentropy"}}"#,
  ])
  func aLossIsReadInAllItsForms(json: String) throws {
    let file = try file(#""loss":"binary_crossentropy""#, #""loss":\#(json)"#)
    #expect(file.training?.loss is BinaryCrossEntropy)
  }

  @Test func settingsThatChangeNoNumberStayInTheFile() throws {
    let file = try file(
      #""metrics":["accuracy"]"#,
      #""metrics":["accuracy"],"steps_per_execution":4,"jit_compile":true,"weighted_metrics":["accuracy"],"run_eagerly":false"#
    )
    let config = try kerasConfig(file.bytes(for: "model.keras"))["compile_config"]
    #expect(config?["steps_per_execution"] == 4 && config?["jit_compile"] == true)
    #expect(config?["weighted_metrics"] == ["accuracy"])
  }

  @Test func theTrainingIsReadWithoutTheWeights() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("model.keras")
    let file = try file(#""loss":"binary_crossentropy""#, #""loss":"hinge""#)
    try file.write(to: path)
    #expect(try KerasTraining(contentsOf: path, for: file.model)?.loss is Hinge)
    try file.model.save(to: path)
    #expect(try KerasTraining(contentsOf: path, for: file.model) == nil)
    #expect(throws: FileError.self) { try KerasTraining(contentsOf: folder.path("none.keras"), for: file.model) }
  }
}
