/// Kilim's antialiased bilinear resize of photos of any size, as operations of Keras in front of a model.
///
/// The weights are computed from the size of the photo. They are whole numbers until they are divided by their sum, so that single
/// precision is enough: the distance of pixel p from the centre of pixel i of the result is ((2p + 1) T - (2i + 1) L) / 2T, for L pixels
/// that become T. The pixels are those of Kilim, but for sums in another order: where one falls near a half, a pixel may differ by 1.
package struct KerasPhotoResize {
  /// The most rows of a photo that become one in whole numbers; see `ResizePlan`.
  private static let tapLimit = 64
  private static let input = "photo"

  private let height, width: Int
  private let build = KerasOperations("resize")

  /// A resize to a height and width.
  package init(height: Int, width: Int) { (self.height, self.width) = (height, width) }

  private typealias Operand = KerasOperations.Operand

  /// The weights along an axis of L pixels that become T.
  private struct Axis {
    let target: Int
    /// L, and the places 0 to L - 1.
    let length, places: Operand
    /// The larger one of L and T, and L (2i + 1) for each pixel of the result, `[T, 1]`.
    let reach, centres: Operand
    /// `[T, L]`; each row sums to 1.
    let weights: Operand
  }

  /// The content of `config.json` of a model that takes photos of any size, `[N, H, W, 3]` numbers from 0 to 255.
  ///
  /// - Parameter config: that of a model whose only layer takes photos of the right size.
  func config(before config: [String: JSON]) -> [String: JSON]? {
    guard let layers = config["config"]?["layers"]?.elements, layers.count == 2, var network = layers[1].members,
      let name = network["config"]?["name"]
    else { return nil }
    let photo: JSON = [
      "module": "keras.layers", "class_name": "InputLayer", "registered_name": nil, "name": .string(Self.input),
      "config": ["name": .string(Self.input), "batch_shape": [nil, nil, nil, 3]], "inbound_nodes": [],
    ]
    network["name"] = name
    network["inbound_nodes"] = [KerasOperations.call(with: [pixels()])]
    return [
      "module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
      "config": [
        "name": "functional", "trainable": true, "layers": .array([photo] + build.nodes + [JSON(members: network)]),
        "input_layers": [[.string(Self.input), 0, 0]], "output_layers": [[name, 0, 0]],
      ],
    ]
  }

  /// The resized pixels.
  private func pixels() -> Operand {
    let photo = Operand.node(Self.input)
    let red = build("Take", build("Take", photo, 0, with: ["axis": 0]), 0, with: ["axis": 2])
    let vertical = axis(build("Take", red, 0, with: ["axis": 1]), target: height)
    let horizontal = axis(build("Take", red, 0, with: ["axis": 0]), target: width)
    let (count, firsts) = taps(vertical)
    let first = rowsFirst(photo, vertical, count, firsts, horizontal)
    // Columns, rounded, then rows: where the height grows, or very many rows become one.
    let narrow = rounded(build.einsum("uw,nhwc->nhuc", horizontal.weights, photo))
    let second = rounded(build.einsum("th,nhuc->ntuc", vertical.weights, narrow))
    let isFew = build.marks("LessEqual", count, .number(Float(Self.tapLimit)))
    let shrinks = build.marks("GreaterEqual", vertical.length, .number(Float(height)))
    let takesRowsFirst = build.multiply(isFew, shrinks)
    return build.add(
      build.multiply(first, takesRowsFirst), build.multiply(second, build.subtract(1.0, takesRowsFirst)))
  }

  /// - Parameter line: one pixel for each place along the axis.
  private func axis(_ line: Operand, target: Int) -> Axis {
    let ones = build("OnesLike", line)
    let length = build.sum(ones, axis: 0)
    let places = build.subtract(build("Cumsum", ones, with: ["axis": 0]), 1.0)
    let one = Operand.number(Float(target))
    let reach = build.higher(length, one)
    let centres = build.multiply(length, .column((0..<target).map { Float(2 * $0 + 1) }))
    let odd = build.add(build.multiply(places, 2.0), 1.0)
    let distances = build("Absolute", build.subtract(build.multiply(build.expand(odd, axis: 0), one), centres))
    let unscaled = build.higher(build.subtract(build.multiply(reach, 2.0), distances), 0.0)
    return Axis(
      target: target, length: length, places: places, reach: reach, centres: centres,
      weights: build.divide(unscaled, build.sum(unscaled, axis: 1, keepsAxis: true)))
  }

  /// How many pixels may count for one, and the first of them, `[T, 1]`.
  private func taps(_ axis: Axis) -> (count: Operand, firsts: Operand) {
    let (one, twice) = (Operand.number(Float(axis.target)), Operand.number(Float(2 * axis.target)))
    let double = build.multiply(axis.reach, 2.0)
    // ⌈2 reach / T⌉ + 1, but no more than there are.
    let above = build.add(double, .number(Float(axis.target - 1)))
    let count = build.lower(build.add(build.floor(build.divide(above, one)), 1.0), axis.length)
    let begins = build.add(build.subtract(axis.centres, double), one)
    let lows = build.higher(build.floor(build.divide(begins, twice)), 0.0)
    return (count, build.lower(lows, build.subtract(axis.length, count)))
  }

  /// Rows, with weights in 1/65536 and products in 1/256 that are cut off, then columns: the sums of `kilim_sum_byte_rows`.
  private func rowsFirst(
    _ photo: Operand, _ vertical: Axis, _ count: Operand, _ firsts: Operand, _ horizontal: Axis
  ) -> Operand {
    let taps = (0..<Self.tapLimit).map { Float($0) }
    let places = build.add(firsts, .row(taps))
    let offsets = build.subtract(places, firsts)
    let counts = build.marks("Less", offsets, count)
    let inside = build.cast(build.lower(places, build.subtract(vertical.length, 1.0)), to: "int32")
    let weights = build("TakeAlongAxis", wholeWeights(vertical), inside, with: ["axis": 1])
    let counted = build.expand(build.expand(build.multiply(weights, counts), axis: -1), axis: -1)
    // [N, T, taps, W, 3]
    let taken = build("Take", photo, inside, with: ["axis": 1])
    let products = build.floor(build.divide(build.multiply(taken, counted), 256.0))
    // The sum begins with half a unit for each product.
    let sums = build.add(build.sum(products, axis: 2), build.floor(build.divide(count, 2.0)))
    return rounded(build.divide(build.einsum("uw,ntwc->ntuc", horizontal.weights, sums), 256.0))
  }

  /// Weights in 1/65536 that sum to 65536: what is missing is added to the largest. No weight is above 65535.
  private func wholeWeights(_ axis: Axis) -> Operand {
    let near = build.floor(build.add(build.multiply(axis.weights, 65536.0), 0.5))
    let missing = build.subtract(65536.0, build.sum(near, axis: 1, keepsAxis: true))
    let largest = build.expand(build("Argmax", near, with: ["axis": 1]), axis: 1)
    let isLargest = build.marks("Equal", build.expand(axis.places, axis: 0), build.cast(largest, to: "float32"))
    return build.lower(build.add(near, build.multiply(isLargest, missing)), 65535.0)
  }

  /// Numbers as bytes: rounded half up, and limited.
  private func rounded(_ values: Operand) -> Operand {
    build.floor(build.lower(build.higher(build.add(values, 0.5), 0.0), 255.0))
  }
}
