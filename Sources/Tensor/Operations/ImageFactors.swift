// The weights that squeeze and excitation gives the channels of each image, in the fast kernels: one pass forward, one back.

import CKernels

/// Images times a factor of each of their channels: y[n, c, h, w] = x[n, c, h, w] · f[n, c].
package struct ImageFactors {
  private let images: Tensor<Float>
  private let factors: Tensor<Float>
  private let batch, area, channels: Int

  /// `nil` unless the images are `[N, C, H, W]` with the channels innermost in memory, the factors `[N, C, 1, 1]`, and there are
  /// elements.
  package init?(_ images: Tensor<Float>, _ factors: Tensor<Float>) {
    let shape = images.shape
    guard images.layout.isChannelsLast, images.count > 0, factors.shape == [shape[0], shape[1], 1, 1] else {
      return nil
    }
    self.images = images
    self.factors = factors.contiguous()
    (batch, channels, area) = (shape[0], shape[1], shape[2] * shape[3])
  }

  /// The products, with the channels innermost in memory.
  package var product: Tensor<Float> {
    ConvolutionPrologue(factor: factors.reshaped(to: [batch, channels])).applied(to: images)
  }

  /// The gradients with respect to the images and the factors, from that with respect to the products.
  package func gradients(_ gradient: Tensor<Float>) -> (images: Tensor<Float>, factors: Tensor<Float>) {
    require(gradient.shape == images.shape, "factors of images: gradient \(gradient.shape), images \(images.shape)")
    let gradient = gradient.laidOut(as: images.layout)
    let result = Tensor<Float>(unsafeUninitialized: images.layout)
    let (x, dy, dx, factor) = (images.elements, gradient.elements, result.elements, factors.elements)
    // Their number depends on the sizes alone, so that the sums have the same bits on any number of threads.
    let pixelsOfPiece = Swift.max(16_384 / channels, 1)
    let pieces = (area + pixelsOfPiece - 1) / pixelsOfPiece
    let sums = Tensor<Float>(unsafeUninitialized: [pieces, batch, channels, 1, 1]) { sums in
      guard let sums = sums.baseAddress else { return }
      nonisolated(unsafe) let target = sums
      parallelFor(chunks: batch * pieces) { chunk in
        let (image, piece) = (chunk / pieces, chunk % pieces)
        let first = piece * pixelsOfPiece
        let before = (image * area + first) * channels
        Kernels.best.factorGradients(
          x + before, dy + before, Swift.min(pixelsOfPiece, area - first), channels, factor + image * channels,
          dx + before, target + (piece * batch + image) * channels)
      }
    }
    extendLifetime((images, gradient, factors, result))
    return (result, sums.summingFirstAxis())
  }
}
