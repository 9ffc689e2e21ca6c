/// A convolution and the operations after it in one pass, by the fastest algorithm for its shape.
///
/// | shape | algorithm |
/// |---|---|
/// | 3×3, stride 1, at least 16 input and output channels | Winograd F(4×8, 3×3), a fifth of the products; F(4×4, 3×3) or F(2×2, 3×3) for small results and where ``Accuracy`` asks for it |
/// | 3×3, stride 1, up to 8 input channels: the first layer | Winograd F(4×4, 3×3) in registers; gradients directly from the image |
/// | stride 1, small filters over few input channels | directly from the image |
/// | one filter for each channel | directly from the image, channels in the lanes of vectors |
/// | all others | by pointers into the image, with the sums in registers |
///
/// There is no algorithm for empty tensors.
public struct FusedConvolution: Sendable {
  enum Algorithm {
    case winograd(WinogradConvolution)
    case shallow(ShallowConvolution)
    case direct(DirectConvolution)
    case depthwise(DepthwiseConvolution)
    case indirect(IndirectConvolution)
  }

  let algorithm: Algorithm

  /// How near the results are to the sums of the formula: Winograd's transforms save products and lose digits. The errors
  /// are relative to the largest result.
  public enum Accuracy: Sendable {
    /// No transforms: below 1e-6.
    case exact
    /// Tiles of up to 4×4, which lose little more: below 5e-6. For inference, where the errors of all layers meet in the
    /// answer.
    case high
    /// Wide tiles too, a sixth fewer products: below 2.5e-5. For training, whose gradients vary far more from batch to
    /// batch.
    case standard
  }

  /// Chooses the algorithm; `nil` if there is none for the shape.
  ///
  /// - Parameters:
  ///   - input: the shape of the images, `[N, C, H, W]`.
  ///   - weight: the shape of the weight, `[O, C / groups, kh, kw]`.
  ///   - window: size, stride, dilation and padding.
  ///   - groups: the number of groups.
  ///   - needsInputGradient: whether ``gradients(_:places:input:weight:needsInput:)`` will compute the gradient with
  ///     respect to the input.
  ///   - accuracy: how near the results are to the sums of the formula.
  public init?(
    input: Shape, weight: Shape, window: Window, groups: Int = 1, needsInputGradient: Bool = true,
    accuracy: Accuracy = .standard
  ) {
    let geometry = ConvolutionGeometry(input: input, weight: weight, window: window, groups: groups)
    if geometry.isEmpty { return nil }
    if let winograd = WinogradConvolution(geometry, sizes: WinogradTiles.sizes(for: accuracy)),
      !IndirectConvolution(geometry).pays(over: winograd)
    {
      algorithm = .winograd(winograd)
    } else if accuracy != .exact, !needsInputGradient, let shallow = ShallowConvolution(geometry) {
      algorithm = .shallow(shallow)
    } else if !needsInputGradient, geometry.inputChannels <= ShallowConvolution.mostChannels,
      let direct = DirectConvolution(geometry)
    {
      algorithm = .direct(direct)
    } else if let depthwise = DepthwiseConvolution(geometry) {
      algorithm = .depthwise(depthwise)
    } else {
      algorithm = .indirect(IndirectConvolution(geometry))
    }
  }

  /// Whether the algorithm can keep the largest of each 2×2 results alone.
  public var canPool: Bool {
    if case .indirect = algorithm { false } else { true }
  }

  /// The sizes of Winograd's tiles.
  package static var winogradTiles: [Size] { WinogradTiles.sizes }

  /// Winograd's algorithm with tiles of one of the sizes above, `nil` where it does not fit the shape.
  package init?(input: Shape, weight: Shape, window: Window, tile: Size) {
    let geometry = ConvolutionGeometry(input: input, weight: weight, window: window, groups: 1)
    guard !geometry.isEmpty, let winograd = WinogradConvolution(geometry, sizes: [tile]) else { return nil }
    algorithm = .winograd(winograd)
  }

  /// The shape of the result behind an epilogue.
  package func outputShape(behind epilogue: ConvolutionEpilogue) -> Shape {
    let size = epilogue.size(of: geometry.placement.output)
    return [geometry.batch, geometry.outputChannels, size.height, size.width]
  }

  /// Transforms a weight into the form that the algorithm multiplies by. Use the result only as long as the weight
  /// keeps its value.
  ///
  /// - Parameters:
  ///   - weight: the weight, `[O, C / groups, kh, kw]`; another shape stops the program.
  ///   - isKept: whether the result is for many calls. For a single call, some algorithms transform the weight later,
  ///     as they need it.
  public func prepare(_ weight: Tensor<Float>, isKept: Bool = true) -> PreparedFilters {
    geometry.requireWeight(weight.shape)
    let form: PreparedFilters.Form =
      switch algorithm {
      case .winograd(let winograd): .winograd(winograd.filters(weight, isKept: isKept))
      case .shallow(let shallow): .shallow(shallow.transformed(weight))
      case .direct(let direct): .direct(direct.packed(weight))
      case .depthwise(let depthwise): .depthwise(depthwise.packed(weight))
      case .indirect(let indirect): .indirect(IndirectFilters(weight, for: indirect.geometry))
      }
    return PreparedFilters(form: form, weightShape: weight.shape, groups: geometry.groups)
  }

  /// Whether prepared filters have the fastest form for this shape. The same weight may need another form for other batch
  /// and image sizes; ``output(_:filters:bias:epilogue:keepsPlaces:)`` stops if the filters are of another algorithm.
  public func isBestServed(by filters: PreparedFilters) -> Bool {
    guard filters.weightShape == geometry.weightShape, filters.groups == geometry.groups else { return false }
    return switch (algorithm, filters.form) {
    case (.winograd(let winograd), .winograd(let filters)):
      winograd.with(filters).tiles.size == winograd.tiles.size
    case (.shallow, .shallow), (.direct, .direct), (.depthwise, .depthwise), (.indirect, .indirect): true
    default: false
    }
  }

  /// The result after the epilogue. Stops if a shape differs from that of the initializer.
  ///
  /// - Parameters:
  ///   - input: the images, `[N, C, H, W]`.
  ///   - filters: the prepared weight.
  ///   - bias: added to each channel, `[O]`.
  ///   - epilogue: the operations after the convolution; pooling only where ``canPool``.
  ///   - keepsPlaces: whether to keep the places of the maxima, which the gradients need.
  ///   - prologue: what is done to the images before; `nil` for nothing. A convolution of single pixels does it as it reads
  ///     them, others in a pass before.
  public func output(
    _ input: Tensor<Float>, filters: PreparedFilters, bias: Tensor<Float>?, epilogue: ConvolutionEpilogue,
    keepsPlaces: Bool = false, prologue: ConvolutionPrologue? = nil
  ) -> ConvolutionOutput {
    geometry.requireInput(input.shape)
    requireFilters(filters)
    require(canPool || !epilogue.pools, "convolution: the algorithm for this shape does not pool")
    let target = ConvolutionTarget(
      geometry: geometry, bias: bias, epilogue: epilogue, keepsPlaces: keepsPlaces && epilogue.pools)
    // Pooling a single row or column leaves nothing.
    if target.output.values.shape.contains(0) { return target.output }
    if case .indirect(let indirect) = algorithm, case .indirect(let filters) = filters.form {
      indirect.compute(input, filters, prologue, into: target)
      return target.output
    }
    let input = prologue?.applied(to: input) ?? input
    switch (algorithm, filters.form) {
    case (.winograd(let winograd), .winograd(let filters)): winograd.with(filters).compute(input, filters, into: target)
    case (.shallow(let shallow), .shallow(let filters)): shallow.compute(input, filters, into: target)
    case (.direct(let direct), .direct(let filters)): direct.compute(input, filters, into: target)
    case (.depthwise(let depthwise), .depthwise(let filters)): depthwise.compute(input, filters, into: target)
    default: stop("convolution: the filters were prepared for another algorithm")
    }
    return target.output
  }

  /// The gradients, from the gradient with respect to the result of ``output(_:filters:bias:epilogue:keepsPlaces:)``.
  /// Stops if a shape differs from that of the initializer.
  ///
  /// - Parameters:
  ///   - gradient: of the shape of the result. After ReLU without pooling, it must already be 0 where the result is 0.
  ///   - places: the places of the maxima, if the results were pooled.
  ///   - input: the images, `[N, C, H, W]`.
  ///   - weight: the weight, `[O, C, kh, kw]`.
  ///   - needsInput: whether to compute the gradient with respect to the input.
  public func gradients(
    _ gradient: Tensor<Float>, places: PooledPlaces?, input: Tensor<Float>, weight: Tensor<Float>, needsInput: Bool
  ) -> ConvolutionGradients {
    geometry.requireInput(input.shape)
    geometry.requireWeight(weight.shape)
    require(canPool || places == nil, "convolution: the algorithm for this shape does not pool")
    let source = ConvolutionGradientSource(geometry: geometry, gradient: gradient, places: places)
    if gradient.shape.contains(0) {
      return ConvolutionGradients(
        input: needsInput ? Tensor(zeros: input.shape) : nil, weight: Tensor(zeros: weight.shape),
        bias: Tensor(zeros: [weight.shape[0]]))
    }
    switch algorithm {
    case .winograd(let winograd):
      return winograd.gradients(source, input: input, weight: weight, needsInput: needsInput)
    case .shallow(let shallow):
      return gradients(source, input: input, needsInput: needsInput, by: shallow.direct)
    case .direct(let direct):
      return gradients(source, input: input, needsInput: needsInput, by: direct)
    case .depthwise(let depthwise):
      return depthwise.gradients(source, input: input, weight: weight, needsInput: needsInput)
    case .indirect(let indirect):
      let sums = indirect.filterGradients(gradient, input: input)
      return ConvolutionGradients(
        input: needsInput ? indirect.inputGradient(gradient, weight: weight) : nil, weight: sums.weight,
        bias: sums.bias)
    }
  }

  /// The gradient with respect to the input alone, for a weight that is not trained; see
  /// ``gradients(_:places:input:weight:needsInput:)``.
  public func inputGradient(
    _ gradient: Tensor<Float>, places: PooledPlaces?, weight: Tensor<Float>
  ) -> Tensor<Float> {
    geometry.requireWeight(weight.shape)
    require(canPool || places == nil, "convolution: the algorithm for this shape does not pool")
    let source = ConvolutionGradientSource(geometry: geometry, gradient: gradient, places: places)
    if gradient.shape.contains(0) { return Tensor(zeros: geometry.inputShape) }
    switch algorithm {
    case .winograd(let winograd): return winograd.inputGradient(source, weight: weight)
    case .depthwise(let depthwise): return depthwise.inputGradient(source, weight: weight)
    case .indirect(let indirect): return indirect.inputGradient(gradient, weight: weight)
    case .shallow, .direct:
      stop("convolution: the gradient of the input is not available: needsInputGradient was false")
    }
  }

  /// The gradients of a first layer, whose input has none.
  private func gradients(
    _ source: ConvolutionGradientSource, input: Tensor<Float>, needsInput: Bool, by direct: DirectConvolution
  ) -> ConvolutionGradients {
    require(!needsInput, "convolution: the gradient of the input is not available: needsInputGradient was false")
    return direct.gradients(source, input: input)
  }

  /// Stops unless filters were prepared for a weight of this shape and as many groups.
  func requireFilters(_ filters: PreparedFilters) {
    geometry.requireWeight(filters.weightShape)
    require(
      filters.groups == geometry.groups,
      "convolution: the filters were prepared for \(counted(filters.groups, "group")), not \(geometry.groups)")
  }

  var geometry: ConvolutionGeometry {
    switch algorithm {
    case .winograd(let winograd): winograd.geometry
    case .shallow(let shallow): shallow.geometry
    case .direct(let direct): direct.geometry
    case .depthwise(let depthwise): depthwise.geometry
    case .indirect(let indirect): indirect.geometry
    }
  }
}

/// A weight in the form that the kernels of a ``FusedConvolution`` multiply by.
public struct PreparedFilters: Sendable {
  enum Form: Sendable {
    case winograd(WinogradConvolution.Filters)
    case shallow(PanelMatrices)
    case direct(PanelMatrices)
    case depthwise(Tensor<Float>)
    case indirect(IndirectFilters)
  }

  let form: Form
  /// The shape of the weight, `[O, C / groups, kh, kw]`.
  let weightShape: Shape
  /// The number of groups, which the shape of a weight does not tell.
  let groups: Int
}
