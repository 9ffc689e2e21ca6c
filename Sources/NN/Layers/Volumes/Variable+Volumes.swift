import Autograd
import Tensor

extension Variable<Float> {
  /// Volumes `[N, D, C, H, W]` pooled image by image, then along the images.
  ///
  /// - Parameter pool: one of the two, which must be possible in any order.
  func pooledVolumes(_ window: VolumeWindow, by pool: (Variable, Window) -> Variable) -> Variable {
    require(shape.rank == 5, "volumes [N, D, C, H, W] are needed, found \(shape)")
    let (count, depth, channels) = (shape[0], shape[1], shape[2])
    let images = pool(reshaped(to: [count * depth, channels, shape[3], shape[4]]), window.ofImage)
    let (height, width) = (images.shape[2], images.shape[3])
    let sequences = images.reshaped(to: [count, depth, channels * height * width]).sequencesAsImages()
    let result = pool(sequences, window.ofSequence).imagesAsSequences()
    return result.reshaped(to: [count, result.shape[1], channels, height, width])
  }
}
