import NN
import Optim
import Serialization
import Tensor

/// How a model is trained: what Keras calls compiling.
public struct KerasTraining {
  /// Changes the parameters; in the state in which it was when the model was saved.
  public var optimizer: any Optimizer
  /// The loss to minimize.
  public var loss: any Loss
  /// What else is measured.
  public var metrics: [any Metric]
  /// The names of the metrics of a file for which Kilim has none that gives the same number, such as `"AUC"` or a
  /// `BinaryAccuracy` with a threshold. They are not measured here. They stay in the file when it is written again.
  public var otherMetrics: [String] { others.map { $0["class_name"]?.text ?? $0.text ?? "\($0)" } }

  /// The metrics that Kilim lacks, as the file describes them.
  private var others: [JSON] = []
  /// The description of each metric in the file, by the name that Kilim has for it.
  private var descriptions: [String: JSON] = [:]
  /// Compile settings that change no number, to be written again.
  private var kept: [String: JSON] = [:]

  /// Makes a description of a training.
  ///
  /// - Parameters:
  ///   - optimizer: what changes the parameters.
  ///   - loss: the loss to minimize.
  ///   - metrics: what else is measured.
  public init(optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = [Accuracy()]) {
    self.optimizer = optimizer
    self.loss = loss
    self.metrics = metrics
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
    try self.init(json: config["compile_config"], outputShapes: model.outputShapes, path: path)
  }

  /// The `compile_config` of a `.keras` file.
  ///
  /// - Throws: ``ModelFileError`` naming the part that Keras lacks.
  func json(for path: String) throws -> JSON {
    try Self.reporting(path, "the training") { () throws(ModelFileError.Problem) in
      guard let optimizer = optimizer as? any KerasOptimizer else {
        throw .unsupported(found: "the optimizer \(type(of: optimizer))", expected: "one that Keras has")
      }
      guard let loss = loss as? any KerasLoss else {
        throw .unsupported(found: "the loss \(type(of: loss))", expected: "one that Keras has")
      }
      var metrics: [JSON] = []
      for metric in self.metrics {
        if let description = descriptions[metric.name] {
          metrics.append(description)
        } else {
          metrics.append(try KerasMetrics.json(of: metric, besides: loss))
        }
      }
      let options = optimizer.kerasOptions.merging(try KerasOptimizerOptions.json(of: optimizer)) { $1 }
      let parts: [String: JSON] = [
        "optimizer": JSON(kerasObject: optimizer.kerasClass, of: "keras.optimizers", options),
        "loss": loss.json, "metrics": .array(metrics + others),
      ]
      guard !JSON(members: parts).holdsNonFinite else {
        throw .unsupported(found: "an option that is not a finite number", expected: "finite numbers")
      }
      return JSON(members: parts.merging(kept) { own, _ in own })
    }
  }

  /// Reads a `compile_config`.
  ///
  /// - Parameter outputShapes: of one example of each output of the model.
  /// - Returns: `nil` for a model that was not compiled.
  /// - Throws: ``ModelFileError`` naming the part that would train differently.
  init?(json: JSON?, outputShapes: [Shape], path: String) throws {
    guard let json, let optimizer = json["optimizer"], optimizer != .null else { return nil }
    try Self.requireOneOutput(outputShapes.count, path)
    let outputShape = outputShapes.first ?? []
    self = try Self.reporting(path, "compile_config") { () throws(ModelFileError.Problem) in
      var options = KerasOptions(json.members ?? [:], of: KerasTables.compile, for: .training)
      for key in ["optimizer", "loss", "metrics", "weighted_metrics"] { _ = options.take(key) }
      let kept = try options.finish()
      let loss = try KerasLosses.loss(json["loss"] ?? nil)
      let metrics = KerasMetrics.metrics(json["metrics"], outputShape: outputShape, meaning: loss.outputMeaning)
      var training = KerasTraining(optimizer: try KerasOptimizers.optimizer(optimizer), loss: loss, metrics: [])
      for (description, metric) in metrics {
        // Two descriptions of one number: it is measured once.
        if let metric, training.descriptions[metric.name] == nil {
          training.descriptions[metric.name] = description
          training.metrics.append(metric)
        } else {
          training.others.append(description)
        }
      }
      training.kept = kept.mapValues(\.value)
      // Metrics weighted by the examples: kept, and not measured.
      if let weighted = json["weighted_metrics"], weighted != .null { training.kept["weighted_metrics"] = weighted }
      return training
    }
  }

  /// Throws for a model that is trained with a loss for each of several outputs.
  static func requireOneOutput(_ count: Int, _ path: String) throws {
    try reporting(path, "compile_config") { () throws(ModelFileError.Problem) in
      guard count == 1 else {
        throw .unsupported(
          found: "the training of a model with \(counted(count, "output"))",
          expected: "1 output; Model(contentsOf:) and save(to:) read and write the model alone")
      }
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
