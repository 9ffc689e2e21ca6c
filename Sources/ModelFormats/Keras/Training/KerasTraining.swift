import NN
import Optim
import Serialization
import Tensor

/// How a model is trained: what Keras calls compiling.
public struct KerasTraining {
  /// Changes the parameters; in the state in which it was when the model was saved.
  public var optimizer: any Optimizer
  /// The loss to minimize, of each output.
  public var losses: PerOutput<any Loss>
  /// How much each loss counts in the sum; 1 for an output without.
  public var lossWeights: PerOutput<Float>?
  /// What else is measured, of each output.
  public var metricsOfOutputs: PerOutput<[any Metric]>
  /// The names of the metrics of a file for which Kilim has none that gives the same number, such as `"AUC"` or a
  /// `BinaryAccuracy` with a threshold. They are not measured here. They stay in the file when it is written again.
  public var otherMetrics: [String] {
    descriptions.flatMap(\.others).map { $0["class_name"]?.text ?? $0.text ?? "\($0)" }
  }

  /// The metrics of each output as the file describes them; empty for a training that comes from no file.
  private var descriptions: [KerasMetrics.Descriptions] = []
  /// Compile settings that change no number, to be written again.
  private var kept: [String: JSON] = [:]

  /// Makes a description of the training of a model with one output.
  ///
  /// - Parameters:
  ///   - optimizer: what changes the parameters.
  ///   - loss: the loss to minimize.
  ///   - metrics: what else is measured.
  public init(optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = [Accuracy()]) {
    self.init(optimizer: optimizer, losses: [loss], metrics: [metrics])
  }

  /// Makes a description of the training of a model with several outputs.
  ///
  /// - Parameters:
  ///   - optimizer: what changes the parameters.
  ///   - losses: the loss of each output; the sum is minimized.
  ///   - lossWeights: how much each loss counts in the sum; 1 for an output without.
  ///   - metrics: what else is measured, of each output.
  public init(
    optimizer: any Optimizer, losses: PerOutput<any Loss>, lossWeights: PerOutput<Float>? = nil,
    metrics: PerOutput<[any Metric]> = [:]
  ) {
    self.optimizer = optimizer
    self.losses = losses
    self.lossWeights = lossWeights
    metricsOfOutputs = metrics
  }

  /// The loss to minimize, of a model with one output.
  public var loss: any Loss {
    get {
      guard let loss = losses.first else { stop("a training without a loss") }
      return loss
    }
    set { losses = [newValue] }
  }

  /// What else is measured, of a model with one output.
  public var metrics: [any Metric] {
    get { metricsOfOutputs.first ?? [] }
    set { metricsOfOutputs = [newValue] }
  }
}

extension KerasTraining {
  /// Reads how the model of a `.keras` file is trained, without its weights and the state of its optimizer: that costs hardly any
  /// time, also for a large file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - model: the model that was read from it.
  /// - Returns: `nil` for a model that was not compiled.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is damaged, or if the optimizer or the loss has
  ///   a class or option that would change training and is not supported.
  public init?(contentsOf path: String, for model: Model) throws {
    let config = try KerasArchive.config(of: ZipReader(RandomAccessFile(path), path: path), path: path)
    try self.init(json: config["compile_config"], of: model, path: path)
  }

  /// The `compile_config` of a `.keras` file.
  ///
  /// - Parameter outputs: the names of the outputs of the model.
  /// - Throws: ``ModelFileError`` naming the part that Keras lacks.
  func json(outputs: [String], for path: String) throws -> JSON {
    try Self.reporting(path, "the training") { () throws(ModelFileError.Problem) in
      guard let optimizer = optimizer as? any KerasOptimizer else {
        throw .unsupported(found: "the optimizer \(type(of: optimizer))", expected: "one that Keras has")
      }
      let losses = try KerasPerOutput.values(self.losses, of: outputs, "losses").map {
        loss throws(ModelFileError.Problem) in
        guard let loss else { throw .unsupported(found: "an output without a loss", expected: "a loss of each output") }
        guard let known = loss as? any KerasLoss else {
          throw .unsupported(found: "the loss \(type(of: loss))", expected: "one that Keras has")
        }
        return known
      }
      let weights = try lossWeights.map { weights throws(ModelFileError.Problem) in
        try KerasPerOutput.values(weights, of: outputs, "loss weights").map { $0 ?? 1 }
      }
      let given = try KerasPerOutput.values(metricsOfOutputs, of: outputs, "metrics").map { $0 ?? [] }
      let metrics = try outputs.indices.map { output throws(ModelFileError.Problem) in
        let known = output < descriptions.count ? descriptions[output] : KerasMetrics.Descriptions()
        return try known.json(of: given[output], besides: losses[output])
      }
      let options = optimizer.kerasOptions.merging(try KerasOptimizerOptions.json(of: optimizer)) { $1 }
      var parts: [String: JSON] = [
        "optimizer": JSON(kerasObject: optimizer.kerasClass, of: "keras.optimizers", options),
        "loss": KerasPerOutput.joined(losses.map(\.json)), "metrics": KerasPerOutput.joined(metrics),
      ]
      parts["loss_weights"] = weights.map { .array($0.map { JSON($0) }) }
      guard !JSON(members: parts).holdsNonFinite else {
        throw .unsupported(found: "an option that is not a finite number", expected: "finite numbers")
      }
      return JSON(members: parts.merging(kept) { own, _ in own })
    }
  }

  /// Reads a `compile_config`.
  ///
  /// - Returns: `nil` for a model that was not compiled.
  /// - Throws: ``ModelFileError`` naming the part that would train differently.
  init?(json: JSON?, of model: Model, path: String) throws {
    guard let json, let optimizer = json["optimizer"], optimizer != .null else { return nil }
    let (names, shapes) = (model.outputNames, model.outputShapes)
    self = try Self.reporting(path, "compile_config") { () throws(ModelFileError.Problem) in
      var options = KerasOptions(json.members ?? [:], of: KerasTables.compile, for: .training)
      for key in ["optimizer", "loss", "metrics", "weighted_metrics"] { _ = options.take(key) }
      let weights = try KerasPerOutput.weights(options.take("loss_weights"), of: names)
      let kept = try options.finish()
      let losses = try KerasPerOutput.split(json["loss"], of: names, "losses").map {
        part throws(ModelFileError.Problem) in try KerasLosses.loss(part)
      }
      let described = try KerasPerOutput.split(json["metrics"], of: names, "metrics")
      let descriptions = zip(described, zip(shapes, losses)).map { part, output in
        KerasMetrics.Descriptions(part, KerasOutputs(shape: output.0, meaning: output.1.outputMeaning))
      }
      var training = KerasTraining(
        optimizer: try KerasOptimizers.optimizer(optimizer), losses: PerOutput(losses),
        lossWeights: weights.map { PerOutput($0) }, metrics: PerOutput(descriptions.map(\.metrics)))
      training.descriptions = descriptions
      training.kept = kept.mapValues(\.value)
      // Metrics weighted by the examples: kept, and not measured.
      if let weighted = json["weighted_metrics"], weighted != .null { training.kept["weighted_metrics"] = weighted }
      return training
    }
  }

  private static func reporting<Result>(
    _ path: String, _ place: String, _ body: () throws(ModelFileError.Problem) -> Result
  ) throws -> Result {
    do throws(ModelFileError.Problem) {
      return try body()
    } catch {
      throw ModelFileError(path: path, place: place, problem: error)
    }
  }
}
