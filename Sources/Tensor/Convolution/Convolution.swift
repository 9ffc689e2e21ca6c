// Two-dimensional convolution (cross-correlation, as everywhere in deep learning) and its two adjoints.
//
// All plain convolutions go through this file. Those of `Float` are computed by `FusedConvolution`. For `Double`, which
// checks gradients, each image is copied to a matrix of columns, and the convolution is a matrix product, image by image.

extension Tensor where Scalar: FloatingScalar {
  /// Two-dimensional convolution, computed as cross-correlation like everywhere in deep learning:
  ///
  /// y[n, o, i, j] = b[o] + Σ w[o, c, p, q] · x[n, c, i·s + p·d - top, j·s + q·d - left]
  ///
  /// Shapes: input `[N, C, H, W]`, weight `[O, C / groups, kh, kw]`, bias `[O]`, result `[N, O, oh, ow]`.
  /// Stops if they do not fit.
  ///
  /// Cost: 2·N·O·oh·ow·(C / groups)·kh·kw operations; about a fifth of them for `Float`, if Winograd's algorithm fits
  /// the shape.
  ///
  /// - Parameters:
  ///   - weight: the filters.
  ///   - bias: added to each output channel.
  ///   - window: size (that of the weight), stride, dilation and padding.
  ///   - groups: the number of groups. Each connects its part of the input channels with its part of the output
  ///     channels.
  ///   - isExact: whether to avoid Winograd's transforms, which lose up to about 2e-5 of the largest result.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func convolution2D(
    _ weight: Tensor, bias: Tensor? = nil, window: Window, groups: Int = 1, isExact: Bool = false
  ) -> Tensor {
    if let bias {
      require(bias.shape == [weight.shape[0]], "convolution: bias \(bias.shape) for weight \(weight.shape)")
    }
    let call = FastConvolutionCall(weight: weight, bias: bias, window: window, groups: groups, isExact: isExact)
    if let result = fastConvolution2D(call) { return result.values }
    let geometry = ConvolutionGeometry(input: shape, weight: weight.shape, window: window, groups: groups)
    let (positions, filterSize) = (geometry.placement.output.area, geometry.filterSize)
    return withUnsafePointers(contiguous(), weight.contiguous()) { input, weight in
      Tensor(unsafeUninitialized: geometry.outputShape) { result in
        guard let result = result.baseAddress else { return }
        parallelFor(chunks: geometry.batch) { image in
          let output = result + image * geometry.outputImageSize
          if let bias { bias.fillPlanes(of: output, planeSize: positions) }
          withColumns(of: input + image * geometry.inputImageSize, geometry) { group, columns in
            Scalar.unsafeGemm(
              transposeA: false, transposeB: false, m: geometry.outputChannelsPerGroup, n: positions, k: filterSize,
              weight + group * geometry.groupWeightSize, lda: filterSize, columns, ldb: positions,
              output + group * geometry.outputGroupSize, ldc: positions, accumulates: bias != nil)
          }
        }
      }
    }
  }

  /// The gradient of a convolution with respect to its input, from the gradient with respect to its result (this
  /// tensor): dx = wᵀ · dy, added to the elements that the windows read.
  ///
  /// Shapes: this `[N, O, oh, ow]`, weight `[O, C / groups, kh, kw]`, result `inputShape` `[N, C, H, W]`. Stops if they
  /// do not fit.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func convolution2DInputGradient(
    _ weight: Tensor, inputShape: Shape, window: Window, groups: Int = 1
  ) -> Tensor {
    let geometry = ConvolutionGeometry(input: inputShape, weight: weight.shape, window: window, groups: groups)
    requireShape(geometry.outputShape, "convolution2DInputGradient")
    if let result = Scalar.fastKernels.convolutionInputGradient(self, weight, geometry) { return result }
    let (positions, filterSize) = (geometry.placement.output.area, geometry.filterSize)
    return withUnsafePointers(contiguous(), weight.contiguous()) { gradient, weight in
      Tensor(unsafeUninitialized: inputShape) { result in
        guard let result = result.baseAddress else { return }
        parallelFor(chunks: geometry.batch) { image in
          let output = result + image * geometry.inputImageSize
          let columns = Storage<Scalar>(count: filterSize * positions)
          if !geometry.columnsAreInput { output.update(repeating: 0, count: geometry.inputImageSize) }
          for group in 0..<geometry.groups {
            let groupOutput = output + group * geometry.inputGroupSize
            Scalar.unsafeGemm(
              transposeA: true, transposeB: false, m: filterSize, n: positions, k: geometry.outputChannelsPerGroup,
              weight + group * geometry.groupWeightSize, lda: filterSize,
              gradient + image * geometry.outputImageSize + group * geometry.outputGroupSize, ldb: positions,
              geometry.columnsAreInput ? groupOutput : columns.pointer, ldc: positions, accumulates: false)
            if !geometry.columnsAreInput {
              scatterColumns(
                columns.pointer, channels: geometry.inputChannelsPerGroup, geometry.placement, addingTo: groupOutput)
            }
          }
        }
      }
    }
  }

  /// The gradient of a convolution with respect to its weight, from the gradient with respect to its result (this
  /// tensor): dw = Σₙ dy[n] · columns(x[n])ᵀ.
  ///
  /// The images are summed in at most eight fixed groups, then the groups are added, so that the bits do not depend on
  /// the number of threads.
  ///
  /// Shapes: this `[N, O, oh, ow]`, input `[N, C, H, W]`, result `weightShape` `[O, C / groups, kh, kw]`. Stops if they
  /// do not fit.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func convolution2DWeightGradient(
    _ input: Tensor, weightShape: Shape, window: Window, groups: Int = 1
  ) -> Tensor {
    let geometry = ConvolutionGeometry(input: input.shape, weight: weightShape, window: window, groups: groups)
    requireShape(geometry.outputShape, "convolution2DWeightGradient")
    if let result = Scalar.fastKernels.convolutionWeightGradient(self, input, geometry) { return result }
    let (positions, filterSize) = (geometry.placement.output.area, geometry.filterSize)
    let chunks = Swift.min(geometry.batch, 8)
    guard chunks > 0 else { return Tensor(zeros: weightShape) }
    let partial = withUnsafePointers(contiguous(), input.contiguous()) { gradient, input in
      Tensor(unsafeUninitialized: Shape([chunks] + weightShape)) { result in
        guard let result = result.baseAddress else { return }
        parallelFor(chunks: chunks) { chunk in
          let output = result + chunk * weightShape.elementCount
          let images = chunk * geometry.batch / chunks..<(chunk + 1) * geometry.batch / chunks
          for image in images {
            withColumns(of: input + image * geometry.inputImageSize, geometry) { group, columns in
              Scalar.unsafeGemm(
                transposeA: false, transposeB: true, m: geometry.outputChannelsPerGroup, n: filterSize, k: positions,
                gradient + image * geometry.outputImageSize + group * geometry.outputGroupSize, lda: positions,
                columns, ldb: positions, output + group * geometry.groupWeightSize, ldc: filterSize,
                accumulates: image != images.lowerBound)
            }
          }
        }
      }
    }
    return partial.summingFirstAxis()
  }

  /// Calls `body` with every group of an image and the group's matrix of columns.
  private func withColumns(
    of image: UnsafePointer<Scalar>, _ geometry: ConvolutionGeometry, _ body: (Int, UnsafePointer<Scalar>) -> Void
  ) {
    if geometry.columnsAreInput {
      for group in 0..<geometry.groups { body(group, image + group * geometry.inputGroupSize) }
      return
    }
    let columns = Storage<Scalar>(count: geometry.filterSize * geometry.placement.output.area)
    for group in 0..<geometry.groups {
      gatherColumns(
        image + group * geometry.inputGroupSize, channels: geometry.inputChannelsPerGroup, geometry.placement,
        into: columns.pointer)
      body(group, columns.pointer)
    }
  }

  /// Writes element c of this vector to all elements of plane c.
  private func fillPlanes(of planes: UnsafeMutablePointer<Scalar>, planeSize: Int) {
    for channel in 0..<count { (planes + channel * planeSize).update(repeating: self[channel], count: planeSize) }
  }

  private func requireShape(_ expected: Shape, _ operation: StaticString) {
    require(shape == expected, "\(operation): the gradient has shape \(shape), \(expected) was expected")
  }
}
