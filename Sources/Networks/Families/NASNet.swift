import NN
import Tensor

extension Model {
  /// The two networks of ``nasNet(_:inputShape:classes:head:seed:)``.
  public enum NASNetSize: String, CaseIterable, Sendable {
    case mobile, large

    /// The height and width of photos.
    var imageSize: Int { self == .mobile ? 224 : 331 }
    /// The channels behind the first convolution.
    fileprivate var stemFilters: Int { self == .mobile ? 32 : 96 }
    /// The channels of a branch in the first normal cells: a twenty-fourth of those at the end.
    fileprivate var filters: Int { self == .mobile ? 1056 / 24 : 4032 / 24 }
    /// The number of normal cells between reductions: the paper's N.
    fileprivate var cells: Int { self == .mobile ? 4 : 6 }
    /// Whether a normal cell behind a reduction sees the cell before that, and not its input.
    fileprivate var skipsReduction: Bool { self == .large }
  }

  /// NASNet-A: cells found by search on small photos, stacked. Each takes what the two cells before it make.
  ///
  /// Barret Zoph, Vijay Vasudevan, Jonathon Shlens and Quoc V. Le, *Learning Transferable Architectures for Scalable Image
  /// Recognition*, CVPR 2018, arXiv 1707.07012, figure 4: 4 @ 1056 (mobile) and 6 @ 4032 (large). Graph and names are those
  /// of Keras's `NASNetMobile` and `NASNetLarge`. Pixels: ``PixelScale/signedUnit``.
  ///
  /// - Parameters:
  ///   - size: mobile or large.
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns; by default photos of 224×224 or
  ///     331×331.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func nasNet(
    _ size: NASNetSize, inputShape: Shape? = nil, classes: Int = 1000, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let inputShape = inputShape ?? [3, size.imageSize, size.imageSize]
    let image = try Input(image: inputShape)
    var cells = Cells()
    var stem = Conv2D(size.stemFilters, kernelSize: 3, stride: 2, useBias: false, initializer: .heNormal)(
      image, name: "stem_conv1")
    stem = BatchNorm(momentum: momentum)(stem, name: "stem_bn1")
    let stemSize = Size(height: (inputShape[1] - 1) / 2, width: (inputShape[2] - 1) / 2)
    var x = Maps(value: stem, channels: size.stemFilters, size: stemSize)
    var previous: Maps?
    func advance(to next: Maps) { (x, previous) = (next, x) }
    advance(to: cells.reduction(x, previous, size.filters / 4, "stem_1"))
    advance(to: cells.reduction(x, previous, size.filters / 2, "stem_2"))
    for stage in 0...2 {
      let (filters, first) = (size.filters << stage, stage * size.cells + (stage > 0 ? 1 : 0))
      if stage > 0 {
        let beforeReduction = previous
        advance(to: cells.reduction(x, previous, filters, "reduce_\(stage * size.cells)"))
        if size.skipsReduction { previous = beforeReduction }
      }
      for cell in first..<first + size.cells { advance(to: cells.normal(x, previous, filters, "\(cell)")) }
    }
    let output = head(
      cells.relu(x.value), classes: classes, pool: "global_average_pooling2d", names: .long)
    return try Model(input: image, output: output, seed: seed)
  }
}

private let momentum: Float = 0.9997

/// Feature maps, how many there are and of which size.
private struct Maps {
  var value: SymbolicValue
  var channels: Int
  var size: Size
}

/// The cells, and the names of their layers that have none of their own.
private struct Cells {
  private var numbers = LayerNumbers()

  /// Five pairs of branches over the results of the last cell, `x`, and of the one before.
  mutating func normal(_ x: Maps, _ previous: Maps?, _ filters: Int, _ id: String) -> Maps {
    let p = adjusted(previous, to: x, filters, id)
    let h = squeezed(x, filters, "normal", id)
    func add(_ a: SymbolicValue, _ b: SymbolicValue, _ number: Int) -> SymbolicValue {
      Add()([a, b], name: "normal_add_\(number)_\(id)")
    }
    func average(_ x: Maps, _ name: String) -> SymbolicValue {
      AveragePool2D(3, stride: 1, padding: .same)(x.value, name: "normal_\(name)_\(id)")
    }
    let left1 = separable(h, filters, 5, "normal_left1_\(id)")
    let first = add(left1, separable(p, filters, 3, "normal_right1_\(id)"), 1)
    let left2 = separable(p, filters, 5, "normal_left2_\(id)")
    let second = add(left2, separable(p, filters, 3, "normal_right2_\(id)"), 2)
    let third = add(average(h, "left3"), p.value, 3)
    let fourth = add(average(p, "left4"), average(p, "right4"), 4)
    let fifth = add(separable(h, filters, 3, "normal_left5_\(id)"), h.value, 5)
    let joined = Concatenate()([p.value, first, second, third, fourth, fifth], name: "normal_concat_\(id)")
    return Maps(value: joined, channels: p.channels + 5 * filters, size: x.size)
  }

  /// As the normal cell, with stride 2.
  mutating func reduction(_ x: Maps, _ previous: Maps?, _ filters: Int, _ id: String) -> Maps {
    let p = adjusted(previous, to: x, filters, id)
    let h = squeezed(x, filters, "reduction", id)
    let padded = ZeroPad2D(halving: h.size, kernelSize: 3)(h.value, name: "reduction_pad_1_\(id)")
    let left1 = separable(h, filters, 5, stride: 2, "reduction_left1_\(id)")
    let right1 = separable(p, filters, 7, stride: 2, "reduction_right1_\(id)")
    let first = Add()([left1, right1], name: "reduction_add_1_\(id)")
    let left2 = MaxPool2D(3, stride: 2)(padded, name: "reduction_left2_\(id)")
    let right2 = separable(p, filters, 7, stride: 2, "reduction_right2_\(id)")
    let second = Add()([left2, right2], name: "reduction_add_2_\(id)")
    let left3 = AveragePool2D(3, stride: 2)(padded, name: "reduction_left3_\(id)")
    let right3 = separable(p, filters, 5, stride: 2, "reduction_right3_\(id)")
    let third = Add()([left3, right3], name: "reduction_add3_\(id)")
    let left4 = AveragePool2D(3, stride: 1, padding: .same)(first, name: "reduction_left4_\(id)")
    let fourth = Add()([second, left4], name: numbers.next("add"))
    let halved = Maps(value: first, channels: filters, size: h.size.halved)
    let left5 = separable(halved, filters, 3, "reduction_left4_\(id)")
    let right5 = MaxPool2D(3, stride: 2)(padded, name: "reduction_right5_\(id)")
    let fifth = Add()([left5, right5], name: "reduction_add4_\(id)")
    let joined = Concatenate()([second, third, fourth, fifth], name: "reduction_concat_\(id)")
    return Maps(value: joined, channels: 4 * filters, size: halved.size)
  }

  mutating func relu(_ x: SymbolicValue) -> SymbolicValue {
    ActivationLayer(.relu)(x, name: numbers.next("activation"))
  }

  /// The result of the last cell with the channels of a branch.
  private mutating func squeezed(_ x: Maps, _ filters: Int, _ cell: String, _ id: String) -> Maps {
    let y = pixels(relu(x.value), filters, "\(cell)_conv_1_\(id)")
    return Maps(value: norm(y, "\(cell)_bn_1_\(id)"), channels: filters, size: x.size)
  }

  /// The result of the cell before the last one, brought to the size of the last one's and to the channels of a branch.
  private mutating func adjusted(_ previous: Maps?, to x: Maps, _ filters: Int, _ id: String) -> Maps {
    guard let p = previous else { return x }
    if p.size.width != x.size.width {
      let active = ActivationLayer(.relu)(p.value, name: "adjust_relu_1_\(id)")
      // Every second pixel, and the pixels beside them.
      let even = AveragePool2D(1, stride: 2)(active, name: "adjust_avg_pool_1_\(id)")
      let first = pixels(even, filters / 2, "adjust_conv_1_\(id)")
      var odd = ZeroPad2D(top: 0, bottom: 1, left: 0, right: 1)(active, name: numbers.next("zero_padding2d"))
      odd = Cropping2D(top: 1, bottom: 0, left: 1, right: 0)(odd, name: numbers.next("cropping2d"))
      odd = AveragePool2D(1, stride: 2)(odd, name: "adjust_avg_pool_2_\(id)")
      let second = pixels(odd, filters / 2, "adjust_conv_2_\(id)")
      let joined = Concatenate()([first, second], name: numbers.next("concatenate"))
      return Maps(value: norm(joined, "adjust_bn_\(id)"), channels: filters / 2 * 2, size: p.size.halved)
    }
    guard p.channels != filters else { return p }
    let y = pixels(relu(p.value), filters, "adjust_conv_projection_\(id)")
    return Maps(value: norm(y, "adjust_bn_\(id)"), channels: filters, size: p.size)
  }

  /// Two separable convolutions, of which the first has the stride.
  private mutating func separable(
    _ x: Maps, _ filters: Int, _ kernelSize: Int, stride: Int = 1, _ id: String
  ) -> SymbolicValue {
    var y = relu(x.value)
    if stride == 2 {
      y = ZeroPad2D(halving: x.size, kernelSize: kernelSize)(y, name: "separable_conv_1_pad_\(id)")
    }
    y = SeparableConv2D(
      filters, kernelSize: Size(kernelSize), stride: Size(stride), padding: stride == 2 ? .valid : .same, useBias: false
    )(
      y, name: "separable_conv_1_\(id)")
    y = relu(norm(y, "separable_conv_1_bn_\(id)"))
    y = SeparableConv2D(filters, kernelSize: Size(kernelSize), padding: .same, useBias: false)(
      y, name: "separable_conv_2_\(id)")
    return norm(y, "separable_conv_2_bn_\(id)")
  }

  private func pixels(_ x: SymbolicValue, _ filters: Int, _ name: String) -> SymbolicValue {
    Conv2D(filters, kernelSize: 1, padding: .same, useBias: false, initializer: .heNormal)(x, name: name)
  }

  private func norm(_ x: SymbolicValue, _ name: String) -> SymbolicValue {
    BatchNorm(momentum: momentum)(x, name: name)
  }
}
