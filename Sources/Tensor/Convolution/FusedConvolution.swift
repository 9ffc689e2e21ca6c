/// A convolution together with what follows it, in the fastest way that its shape allows.
///
/// | shape | algorithm |
/// |---|---|
/// | 3×3, stride 1, 16 channels or more on both sides | Winograd F(4×8, 3×3): a fifth of the products; F(4×4, 3×3) or F(2×2, 3×3) where results are few |
/// | 3×3, stride 1, up to 8 input channels: the first layer | Winograd F(4×4, 3×3) in registers; gradients directly from the image |
/// | stride 1, small filters over few input channels | directly from the image |
/// | one filter for each channel | directly from the image, channels in the lanes |
///
/// Other shapes have none; `Tensor.convolution2D` computes them by matrices of columns.
public struct FusedConvolution: Sendable {
  private enum Algorithm {
    case winograd(WinogradConvolution)
    case shallow(ShallowConvolution)
    case direct(DirectConvolution)
    case depthwise(DepthwiseConvolution)
  }

  private let algorithm: Algorithm

  /// Chooses the algorithm, `nil` where none fits.
  ///
  /// - Parameters:
  ///   - input: the shape of the images, `[N, C, H, W]`.
  ///   - weight: the shape of the weight, `[O, C / groups, kh, kw]`.
  ///   - window: size, stride, dilation and padding.
  ///   - groups: the number of groups.
  ///   - needsInputGradient: whether the gradient with respect to the input will be asked for.
  ///   - isExact: whether all products are to be formed and summed as they stand in the formula, without Winograd's
  ///     transforms, which cost about one decimal of precision.
  public init?(
    input: Shape, weight: Shape, window: Window, groups: Int = 1, needsInputGradient: Bool = true,
    isExact: Bool = false
  ) {
    let geometry = ConvolutionGeometry(input: input, weight: weight, window: window, groups: groups)
    if !isExact, let winograd = WinogradConvolution(geometry) {
      algorithm = .winograd(winograd)
    } else if !isExact, !needsInputGradient, let shallow = ShallowConvolution(geometry) {
      algorithm = .shallow(shallow)
    } else if !needsInputGradient, let direct = DirectConvolution(geometry) {
      algorithm = .direct(direct)
    } else if let depthwise = DepthwiseConvolution(geometry) {
      algorithm = .depthwise(depthwise)
    } else {
      return nil
    }
  }

  /// The sizes of Winograd's tiles.
  package static var winogradTiles: [Size] { WinogradTiles.sizes }

  /// Winograd's algorithm with tiles of one of the sizes above, `nil` where it does not fit the shape.
  package init?(input: Shape, weight: Shape, window: Window, tile: Size) {
    let geometry = ConvolutionGeometry(input: input, weight: weight, window: window, groups: 1)
    guard let winograd = WinogradConvolution(geometry, tile: tile) else { return nil }
    algorithm = .winograd(winograd)
  }

  /// Transforms a weight into the form that the algorithm multiplies by. Valid as long as the weight keeps its value.
  ///
  /// - Parameters:
  ///   - weight: the weight, `[O, C / groups, kh, kw]`.
  ///   - isKept: whether the result will serve many calls. For a single one, what is better transformed on the way is
  ///     left as it is.
  public func prepare(_ weight: Tensor<Float>, isKept: Bool = true) -> PreparedFilters {
    switch algorithm {
    case .winograd(let winograd): PreparedFilters(form: .winograd(winograd.filters(weight, isKept: isKept)))
    case .shallow(let shallow): PreparedFilters(form: .shallow(shallow.transformed(weight)))
    case .direct(let direct): PreparedFilters(form: .direct(direct.packed(weight)))
    case .depthwise: PreparedFilters(form: .depthwise(weight))
    }
  }

  /// Whether prepared filters have the form that is fastest for this shape; they are valid for all batches.
  public func isBestServed(by filters: PreparedFilters) -> Bool {
    guard case (.winograd(let winograd), .winograd(let filters)) = (algorithm, filters.form) else { return true }
    return winograd.with(filters).tiles.size == winograd.tiles.size
  }

  /// The result and its epilogue.
  ///
  /// - Parameters:
  ///   - input: the images, `[N, C, H, W]`.
  ///   - filters: the prepared weight.
  ///   - bias: added to each channel, `[O]`.
  ///   - epilogue: what is done to the results.
  ///   - keepsPlaces: whether the places of the maxima are wanted for the gradients.
  public func output(
    _ input: Tensor<Float>, filters: PreparedFilters, bias: Tensor<Float>?, epilogue: ConvolutionEpilogue,
    keepsPlaces: Bool = false
  ) -> ConvolutionOutput {
    let target = ConvolutionTarget(
      geometry: geometry, bias: bias, epilogue: epilogue, keepsPlaces: keepsPlaces && epilogue.pools)
    switch (algorithm, filters.form) {
    case (.winograd(let winograd), .winograd(let filters)): winograd.with(filters).compute(input, filters, into: target)
    case (.shallow(let shallow), .shallow(let filters)): shallow.compute(input, filters, into: target)
    case (.direct(let direct), .direct(let filters)): direct.compute(input, filters, into: target)
    case (.depthwise(let depthwise), .depthwise(let weight)): depthwise.compute(input, weight, into: target)
    default: stop("convolution: filters that were prepared for another shape")
    }
    return target.output
  }

  /// The gradients, from the gradient with respect to the result of the epilogue.
  ///
  /// - Parameters:
  ///   - gradient: of the shape of the result. Where ReLU was applied without pooling, it is to be masked already.
  ///   - places: where the maxima stood, if the results were pooled.
  ///   - input: the images, `[N, C, H, W]`.
  ///   - weight: the weight, `[O, C, kh, kw]`.
  ///   - needsInput: whether the gradient with respect to the input is wanted.
  public func gradients(
    _ gradient: Tensor<Float>, places: Tensor<UInt8>?, input: Tensor<Float>, weight: Tensor<Float>, needsInput: Bool
  ) -> ConvolutionGradients {
    let source = ConvolutionGradientSource(geometry: geometry, gradient: gradient, places: places)
    switch algorithm {
    case .winograd(let winograd):
      return winograd.gradients(source, input: input, weight: weight, needsInput: needsInput)
    case .shallow(let shallow):
      return gradients(source, input: input, needsInput: needsInput, by: shallow.direct)
    case .direct(let direct):
      return gradients(source, input: input, needsInput: needsInput, by: direct)
    case .depthwise(let depthwise):
      return depthwise.gradients(source, input: input, weight: weight, needsInput: needsInput)
    }
  }

  /// The gradients of a first layer, whose input has none.
  private func gradients(
    _ source: ConvolutionGradientSource, input: Tensor<Float>, needsInput: Bool, by direct: DirectConvolution
  ) -> ConvolutionGradients {
    require(!needsInput, "convolution: made for an input that needs no gradient, and asked for it")
    return direct.gradients(source, input: input)
  }

  private var geometry: ConvolutionGeometry {
    switch algorithm {
    case .winograd(let winograd): winograd.geometry
    case .shallow(let shallow): shallow.geometry
    case .direct(let direct): direct.geometry
    case .depthwise(let depthwise): depthwise.geometry
    }
  }
}

/// A weight in the form that a convolution's kernels multiply by.
public struct PreparedFilters: Sendable {
  enum Form: Sendable {
    case winograd(WinogradConvolution.Filters)
    case shallow(PanelMatrices)
    case direct(PanelMatrices)
    case depthwise(Tensor<Float>)
  }

  let form: Form
}
