import NN

/// Weighs each channel by what all channels hold on average (Hu, Shen and Sun 2018), as the EfficientNets do it: the means
/// pass a narrow layer and a logistic one, and multiply the channels.
///
/// - Parameters:
///   - channels: of `x`.
///   - narrow: the number of channels between the two layers.
///   - prefix: of the names of the layers.
func squeezeAndExcitation(
  _ x: SymbolicValue, channels: Int, narrow: Int, prefix: String, initializer: Initializer
) -> SymbolicValue {
  var weights = GlobalAveragePool2D()(x, name: "\(prefix)se_squeeze")
  weights = Reshape([channels, 1, 1], order: .channelsLast)(weights, name: "\(prefix)se_reshape")
  weights = Conv2D(narrow, kernelSize: 1, padding: .same, activation: .silu, initializer: initializer)(
    weights, name: "\(prefix)se_reduce")
  weights = Conv2D(channels, kernelSize: 1, padding: .same, activation: .sigmoid, initializer: initializer)(
    weights, name: "\(prefix)se_expand")
  return Multiply()([x, weights], name: "\(prefix)se_excite")
}
