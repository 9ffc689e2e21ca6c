import NN

/// What stands behind the feature maps of a network.
///
/// ```swift
/// let classifier = try Model.mobileNetV2(classes: 11)
/// let logits = try Model.mobileNetV2(classes: 11, head: .logits)
/// let backbone = try Model.mobileNetV2(head: .features(pooling: .average))
/// ```
public enum NetworkHead: Hashable, Sendable {
  /// A score for each class, which an activation makes of the logits.
  case classifier(Activation)
  /// No classifier: the feature maps, `[C, H, W]`, or with pooling one number for each of them, `[C]`. The number of classes
  /// has no meaning then.
  case features(pooling: Pooling? = nil)

  /// How a feature map becomes one number.
  public enum Pooling: Hashable, Sendable {
    /// The mean over all rows and columns.
    case average
    /// The largest element.
    case maximum
  }

  /// Probabilities of classes.
  public static let softmax = classifier(.softmax)
  /// Logits of classes.
  public static let logits = classifier(.linear)
}

extension NetworkHead {
  /// How the layers that pool features are called.
  struct PoolingNames {
    let average, maximum: String

    static let short = PoolingNames(average: "avg_pool", maximum: "max_pool")
    /// The names by their classes.
    static let long = PoolingNames(average: "global_average_pooling2d", maximum: "global_max_pooling2d")
  }

  /// The head on feature maps.
  func callAsFunction(
    _ x: SymbolicValue, names: PoolingNames = .short, classifier: (SymbolicValue, Activation) -> SymbolicValue
  ) -> SymbolicValue {
    switch self {
    case .classifier(let activation): classifier(x, activation)
    case .features(.average): GlobalAveragePool2D()(x, name: names.average)
    case .features(.maximum): GlobalMaxPool2D()(x, name: names.maximum)
    case .features(nil): x
    }
  }

  /// The head of most networks: the mean of each feature map, and one fully connected layer.
  ///
  /// - Parameters:
  ///   - pool: the name of the layer that takes the mean for the classifier.
  ///   - names: of the layers that pool features.
  func callAsFunction(
    _ x: SymbolicValue, classes: Int, pool: String = "avg_pool", names: PoolingNames = .short
  ) -> SymbolicValue {
    self(x, names: names) { x, activation in
      Dense(classes, activation: activation)(GlobalAveragePool2D()(x, name: pool), name: "predictions")
    }
  }
}
