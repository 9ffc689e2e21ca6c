import Optim

/// How a trained network learns a new task: first its new last layers alone, the head, then more and more of the rest,
/// each time more slowly (Howard and Ruder 2018, "Universal language model fine-tuning", section 3.3; Keras's guide
/// "Transfer learning and fine-tuning").
///
/// ```swift
/// let stages = FineTuning(
///   head: 10, then: .from("block6", epochs: 5, learningRate: 1e-4), .all(epochs: 3, learningRate: 1e-5))
/// let history = try model.fit(train, validation: test, fineTuning: stages, loss: .categoricalCrossEntropy)
/// ```
///
/// **Order.** The layers of a model stand in the order of their first calls; those of a model inside stand in its place. A
/// stage trains all layers from one of them on, and freezes those before it.
///
/// **Head.** The head is what stands behind the vector of features, as ``NN/Model/withoutClassifier()`` finds it, or what
/// begins with the layer ``headLayer``.
public struct FineTuning: Hashable, Codable, Sendable {
  /// What a stage trains.
  public enum Part: Hashable, Codable, Sendable {
    /// The head.
    case head
    /// The layer of this name and all layers behind it.
    ///
    /// A layer in a model inside is found by its name or by its dotted path, `backbone.block6a_expand_conv`. A name that no
    /// layer has stands for the first layer whose name begins with it: `block6` for `block6a_expand_conv`, and not for
    /// `block60`.
    case from(String)
    /// All layers.
    case all
  }

  /// How the learning rate of a stage changes over its steps.
  public enum Schedule: Hashable, Codable, Sendable {
    /// Not at all.
    case constant
    /// It rises from 0 in a straight line over the share `warmUp` of the steps, then falls to 0 in half a cosine wave
    /// (Loshchilov and Hutter 2016; Goyal et al. 2017).
    case cosine(warmUp: Double)
  }

  /// One stage.
  public struct Stage: Hashable, Codable, Sendable {
    /// What is trained.
    public var part: Part
    /// The number of epochs, at least 1.
    public var epochs: Int
    /// The learning rate, or the highest one of the schedule.
    public var learningRate: Double
    /// The factor on the learning rate of the first layer that is trained, above 0 and at most 1. The factors of the layers
    /// behind it rise geometrically, up to 1 for the head (discriminative rates; fastai's `slice(lr * lowest, lr)`).
    public var lowestScale: Double
    /// How the learning rate changes.
    public var schedule: Schedule

    /// Makes a stage.
    public init(
      _ part: Part, epochs: Int, learningRate: Double, lowestScale: Double = 1, schedule: Schedule = .constant
    ) {
      (self.part, self.epochs, self.learningRate) = (part, epochs, learningRate)
      (self.lowestScale, self.schedule) = (lowestScale, schedule)
    }

    /// Trains the layer of a name, and all behind it; see ``Part/from(_:)``.
    public static func from(
      _ layer: String, epochs: Int, learningRate: Double, lowestScale: Double = 1, schedule: Schedule = .constant
    ) -> Stage {
      Stage(
        .from(layer), epochs: epochs, learningRate: learningRate, lowestScale: lowestScale, schedule: schedule)
    }

    /// Trains all layers.
    public static func all(
      epochs: Int, learningRate: Double, lowestScale: Double = 1, schedule: Schedule = .constant
    ) -> Stage {
      Stage(.all, epochs: epochs, learningRate: learningRate, lowestScale: lowestScale, schedule: schedule)
    }
  }

  /// The stages in their order.
  public var stages: [Stage]
  /// The first layer of the head; `nil` for what stands behind the vector of features.
  public var headLayer: String?
  /// Whether `BatchNorm` layers before the head are trained and use the statistics of the batch. Otherwise they stay as
  /// they are, as Keras's guide advises: the statistics of a few small batches are worse than those of a million photos.
  public var trainsBatchNorm: Bool

  /// Makes the stages. `fit` checks them.
  ///
  /// - Parameters:
  ///   - epochs: the number of epochs for the head alone; 0 for a head that is trained already.
  ///   - headLayer: the first layer of the head; `nil` for what stands behind the vector of features.
  ///   - headLearningRate: the learning rate for the head alone.
  ///   - trainsBatchNorm: whether `BatchNorm` layers before the head are trained.
  ///   - stages: what follows.
  public init(
    head epochs: Int, headLayer: String? = nil, headLearningRate: Double = 1e-3, trainsBatchNorm: Bool = false,
    then stages: Stage...
  ) {
    let first = epochs == 0 ? [] : [Stage(.head, epochs: epochs, learningRate: headLearningRate)]
    self.init(first + stages, headLayer: headLayer, trainsBatchNorm: trainsBatchNorm)
  }

  /// Makes the stages of a list.
  public init(_ stages: [Stage], headLayer: String? = nil, trainsBatchNorm: Bool = false) {
    (self.stages, self.headLayer, self.trainsBatchNorm) = (stages, headLayer, trainsBatchNorm)
  }

  /// What an optimizer of a stage gets.
  public struct Rates: Hashable, Sendable {
    /// The learning rate over the steps of the stage.
    public let learningRate: LearningRateSchedule
    /// The factors on the learning rate by the paths of layers; see `UpdateOptions/scales`.
    public let scales: [String: Double]
  }
}

extension FineTuning.Stage {
  /// The name of the stage in the history: `head`, the name of the layer, or `all`.
  var name: String {
    switch part {
    case .head: "head"
    case .from(let layer): layer
    case .all: "all"
    }
  }

  /// The learning rate over the steps of the stage.
  func learningRates(stepsPerEpoch: Int) -> LearningRateSchedule {
    switch schedule {
    case .constant: return .constant(learningRate)
    case .cosine(let warmUp):
      let steps = epochs * stepsPerEpoch
      let warmUpSteps = Int(warmUp * Double(steps))
      return .cosine(from: learningRate, steps: max(steps - warmUpSteps, 1), warmUpSteps: warmUpSteps)
    }
  }
}
