import NN
import Tensor

extension KerasInput {
  /// What one example of a batch is: `[null, H, W, C]` is `[C, H, W]`, `[null, H, W]` the same with one channel. The size
  /// of the batch plays no part.
  ///
  /// - Parameter chosen: the shape of an example as Kilim has it, for a batch with sizes that are open.
  /// - Returns: `nil` if a size is open or another one, or if it is neither a batch of images nor one of features.
  init?(batch shape: JSON, chosen: Shape? = nil) {
    guard case .array(let extents) = shape else { return nil }
    // An image without channels may be chosen with or without the axis of its one channel.
    let isPlane = extents.count == 3 && chosen?.rank == 3 && chosen?[0] == 1
    let own = chosen.map { chosen in isPlane ? Array(chosen.dropFirst()) : chosen.kerasOrder.map { chosen[$0] } }
    guard own == nil || own?.count == extents.count - 1 else { return nil }
    let sizes = extents.dropFirst().enumerated().compactMap { index, extent in
      let chosen = own?[index]
      if extent == .null { return chosen }
      return chosen == nil || extent.count == chosen ? extent.count : nil
    }
    guard sizes.count == extents.count - 1 else { return nil }
    switch sizes.count {
    case 1: self.init(shape: Shape(sizes))
    case 2: self.init(shape: [1, sizes[0], sizes[1]], isPlane: true)
    case 3: self.init(shape: [sizes[2], sizes[0], sizes[1]])
    case 4: self.init(shape: [sizes[0], sizes[3], sizes[1], sizes[2]])
    default: return nil
    }
  }

  /// The sizes of one example in Kilim's order, `nil` for each that Keras's shape of a batch leaves open; `nil` if it leaves
  /// none open or is no shape of an input.
  static func openExample(batch shape: JSON) -> [Int?]? {
    guard case .array(let extents) = shape, (2...5).contains(extents.count) else { return nil }
    let sizes = extents.dropFirst().map { $0 == .null ? nil : $0.count }
    guard extents.dropFirst().contains(.null), zip(extents.dropFirst(), sizes).allSatisfy({ $0 == .null || $1 != nil })
    else { return nil }
    guard sizes.count > 2 else { return sizes }
    return Array(sizes.dropLast(3)) + [sizes[sizes.count - 1]] + sizes.dropLast().suffix(2)
  }
}

extension JSON {
  /// The shape of a batch in Keras: `[C, H, W]` becomes `[null, H, W, C]`.
  init(kerasBatchOf shape: Shape) {
    self = .array([nil] + shape.kerasOrder.map { JSON(shape[$0]) })
  }
}

extension Shape {
  /// The axis of one example in which Keras has the channels last and Kilim before the rows: `[C, H, W]`, `[T, C, H, W]`;
  /// `nil` for features and sequences.
  private var channelAxis: Int? { rank > 2 ? rank - 3 : nil }

  /// The number that Keras has for an axis of one example of this shape: behind the batch, channels last.
  func kerasAxis(_ axis: Int) -> Int {
    guard let channels = channelAxis, axis >= channels else { return axis + 1 }
    return axis == channels ? rank : axis
  }

  /// The axis of one example that Keras counts as `number`, in which the batch is 0 and -1 the last.
  ///
  /// - Returns: `nil` for the batch, and where there is no such axis.
  func axis(keras number: Int) -> Int? {
    let counted = number < 0 ? number + rank + 1 : number
    return indices.first { kerasAxis($0) == counted }
  }

  /// The shape of one example that has these lengths in Keras's order.
  init(kerasLengths lengths: [Int]) {
    self.init(ElementOrder.channelsLast.places(rank: lengths.count).map { lengths[$0] })
  }

  /// The axes of one example in Keras's order: axis `i` there is axis `kerasOrder[i]` here.
  var kerasOrder: [Int] { indices.sorted { kerasAxis($0) < kerasAxis($1) } }
}

extension JSON {
  /// Axes of a batch of examples of the given shape as Keras counts them: -1 for the features alone, else a list in
  /// rising order.
  ///
  /// - Parameter axes: axes of Kilim's batch, negative ones from the end; `nil` for that of the features.
  init(kerasAxes axes: [Int]?, of shape: Shape) {
    let features = featureAxis(ofExample: shape)
    let counted = (axes ?? [features]).map { $0 < 0 ? $0 + shape.rank + 1 : $0 }
    self =
      counted == [features] ? .number(-1) : .array(counted.map { shape.kerasAxis($0 - 1) }.sorted().map { JSON($0) })
  }

  /// A length for each axis of a batch, in Keras's order.
  init(kerasLengths lengths: [Int?], of shape: Shape) {
    let ordered = [lengths[0]] + shape.kerasOrder.map { lengths[$0 + 1] }
    self = .array(ordered.map { $0.map { JSON($0) } ?? .null })
  }

  /// A number alone, or a list.
  init(numberOrNumbers numbers: [Float]) {
    self = numbers.count == 1 ? JSON(numbers[0]) : .array(numbers.map { JSON($0) })
  }
}
