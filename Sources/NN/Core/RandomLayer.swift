/// A layer that is random in training and returns its input where nothing is random: dropout, noise, augmentation.
///
/// Where ``Context/appliesDropout`` is false, a plan leaves such a layer out.
public protocol RandomLayer: Layer {}
