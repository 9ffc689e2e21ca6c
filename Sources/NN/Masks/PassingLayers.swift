// Layers that treat each place by itself: their output has the mask of their input, as in Keras 3.

extension ActivationLayer: MaskedLayer {}
extension ReLU: MaskedLayer {}
extension PReLU: MaskedLayer {}
extension Dense: MaskedLayer {}
extension Rescaling: MaskedLayer {}
extension ActivityRegularization: MaskedLayer {}

extension DataNorm: MaskedLayer {}
extension LayerNorm: MaskedLayer {}
extension GroupNorm: MaskedLayer {}
extension UnitNorm: MaskedLayer {}

extension Dropout: MaskedLayer {}
extension SpatialDropout1D: MaskedLayer {}
extension SpatialDropout2D: MaskedLayer {}
extension AlphaDropout: MaskedLayer {}
extension GaussianDropout: MaskedLayer {}
extension GaussianNoise: MaskedLayer {}
