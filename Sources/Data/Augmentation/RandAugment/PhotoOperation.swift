/// An operation on the bytes of a photo, with the results of Pillow.
package enum PhotoOperation: Hashable, Sendable {
  case identity
  /// The pixel at x, y comes from x + m y.
  case shearX(Double)
  /// The pixel at x, y comes from y + m x.
  case shearY(Double)
  /// To the right.
  case translateX(Int)
  /// Down.
  case translateY(Int)
  /// Counterclockwise, in degrees.
  case rotate(Double)
  /// Pillow's `ImageEnhance.Brightness`: 1 changes nothing. So for the next three.
  case brightness(Float)
  case color(Float)
  case contrast(Float)
  case sharpness(Float)
  /// Keeps so many of the high bits, from 1 to 8.
  case posterize(Int)
  /// Inverts all values from this one on.
  case solarize(Double)
  case autoContrast
  case equalize

  /// The operations of RandAugment, in torchvision's order.
  package enum Kind: CaseIterable, Sendable {
    case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast, sharpness, posterize,
      solarize, autoContrast, equalize
  }

  /// The operation of a magnitude from 0 to 30, as torchvision's `RandAugment` with 31 bins.
  package init(_ kind: Kind, magnitude: Int, isNegative: Bool, height: Int, width: Int) {
    let share = Double(magnitude) / 30
    let sign: Double = isNegative ? -1 : 1
    func factor() -> Float { Float(1 + sign * 0.9 * share) }
    self =
      switch kind {
      case .identity: .identity
      case .shearX: .shearX(sign * 0.3 * share)
      case .shearY: .shearY(sign * 0.3 * share)
      case .translateX: .translateX(Int(sign * 150 / 331 * Double(width) * share))
      case .translateY: .translateY(Int(sign * 150 / 331 * Double(height) * share))
      case .rotate: .rotate(sign * 30 * share)
      case .brightness: .brightness(factor())
      case .color: .color(factor())
      case .contrast: .contrast(factor())
      case .sharpness: .sharpness(factor())
      case .posterize: .posterize(8 - Int((4 * share).rounded(.toNearestOrEven)))
      case .solarize: .solarize(255 * (1 - share))
      case .autoContrast: .autoContrast
      case .equalize: .equalize
      }
  }

  /// Changes a photo.
  package func apply(to photo: inout BytePlanes) {
    switch self {
    case .identity: break
    case .shearX(let amount): photo.warp(AffineMap(xy: amount))
    case .shearY(let amount): photo.warp(AffineMap(yx: amount))
    case .translateX(let pixels): photo.warp(AffineMap(x0: -Double(pixels)))
    case .translateY(let pixels): photo.warp(AffineMap(y0: -Double(pixels)))
    case .rotate(let degrees): photo.rotate(degrees)
    case .brightness(let factor): photo.blend(with: { _, _ in 0 }, factor)
    case .color(let factor): photo.enhanceColor(factor)
    case .contrast(let factor): photo.enhanceContrast(factor)
    case .sharpness(let factor): photo.enhanceSharpness(factor)
    case .posterize(let bits): photo.map { $0 & (0xFF << UInt8(8 - bits)) }
    case .solarize(let threshold): photo.map { Double($0) < threshold ? $0 : 255 - $0 }
    case .autoContrast: photo.mapPlanes(byTableOf: stretchedTable)
    case .equalize: photo.mapPlanes(byTableOf: equalizedTable)
    }
  }
}
