import NN
import Optim
import Serialization

/// How a model is trained: what Keras calls compiling.
public struct KerasTraining {
  /// Changes the parameters; in the state in which it was when the model was saved.
  public var optimizer: any Optimizer
  /// What is made small.
  public var loss: any Loss
  /// What else is measured. Metrics of Keras that Kilim lacks are passed over when a file is read: they change
  /// nothing.
  public var metrics: [any Metric]

  /// Puts the parts together.
  public init(optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = [Accuracy()]) {
    self.optimizer = optimizer
    self.loss = loss
    self.metrics = metrics
  }
}

extension KerasTraining {
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
      for metric in self.metrics { metrics.append(try KerasMetrics.json(of: metric, besides: loss)) }
      let options = optimizer.kerasOptions.merging(KerasOptimizerOptions.json(of: optimizer)) { $1 }
      return [
        "optimizer": JSON(kerasObject: optimizer.kerasClass, of: "keras.optimizers", options),
        "loss": loss.json, "metrics": .array(metrics),
      ]
    }
  }

  /// Reads a `compile_config`.
  ///
  /// - Returns: `nil` for a model that was not compiled.
  /// - Throws: ``ModelFileError`` naming the part that would train differently.
  init?(json: JSON?, path: String) throws {
    guard let optimizer = json?["optimizer"], optimizer != .null else { return nil }
    let made = try Self.reporting(path, "compile_config") { () throws(ModelFileError.Problem) in
      guard json?["loss_weights"] ?? nil == .null else {
        throw .unsupported(found: "loss_weights", expected: "a model without them")
      }
      return (try KerasOptimizers.optimizer(optimizer), try KerasLosses.loss(json?["loss"] ?? nil))
    }
    self.init(optimizer: made.0, loss: made.1, metrics: KerasMetrics.metrics(json?["metrics"]))
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
