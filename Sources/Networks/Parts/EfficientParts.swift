import NN

// What both EfficientNets share.

extension Initializer {
  /// Normal, variance 2 / fan-out, as in the authors' code.
  static let efficientNet = varianceScaling(scale: 2, fan: .out)
}

/// Drops images of a batch as a whole in training (Huang et al. 2016), with a rate above 0.
func stochasticDepth(_ x: SymbolicValue, rate: Float, name: String) -> SymbolicValue {
  rate > 0 ? Dropout(rate, noiseShape: [nil, 1, 1, 1])(x, name: name) : x
}

/// The mean of each feature map, dropout, and one fully connected layer.
func efficientHead(_ x: SymbolicValue, _ head: NetworkHead, classes: Int, dropout: Float) -> SymbolicValue {
  head(x) { x, activation in
    let features = Dropout(dropout)(GlobalAveragePool2D()(x, name: "avg_pool"), name: "top_dropout")
    return Dense(
      classes, activation: activation, initializer: .varianceScaling(scale: 1 / 3, fan: .out, distribution: .uniform))(
        features, name: "predictions")
  }
}
