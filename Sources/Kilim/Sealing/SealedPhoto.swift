import Data
import ModelFormats
import Tensor

/// What a photo goes through before the network, in an ONNX graph: Kilim's own resize, byte for byte, then
/// framing, colours and normalization.
struct SealedPhoto {
  private let preprocessing: Preprocessing
  private let build: GraphBuilder

  init(_ preprocessing: Preprocessing, _ build: GraphBuilder) {
    (self.preprocessing, self.build) = (preprocessing, build)
  }

  /// The input of the network, `[1, 3, height, width]`, of a photo `[H, W, 3]` of bytes.
  func input(ofPhoto photo: String) -> String {
    let axes = SealedAxis.axes(ofPhoto: photo, preprocessing, build)
    let pixels = framed(
      resized(photo, axes.vertical, axes.horizontal), axes.vertical, axes.horizontal)
    var planes = build("Transpose", pixels, with: ["perm": .integers([2, 0, 1])])
    if preprocessing.colours == .bgr {
      planes = build("Gather", planes, build.integers(2, 1, 0), with: ["axis": .integer(0)])
    }
    let scaling = (0..<3).map { preprocessing.scaling(ofChannel: $0) }
    func perChannel(_ numbers: [Float]) -> String {
      build.tensor(Tensor(shape: [3, 1, 1], scalars: numbers))
    }
    let scaled = build.add(
      build.multiply(planes, perChannel(scaling.map(\.factor))), perChannel(scaling.map(\.offset)))
    return build("Unsqueeze", scaled, build.integers(0))
  }

  /// The resized pixels, `[height, width, 3]` whole numbers in single precision.
  private func resized(_ photo: String, _ vertical: SealedAxis, _ horizontal: SealedAxis) -> String {
    let resize = preprocessing.resize
    func enlarges() -> String {
      build("Less", build.lower(vertical.scale(build), horizontal.scale(build)), build.double(1))
    }
    let rows = SealedWeights(resize, along: vertical, enlarges: enlarges, build)
    let columns = SealedWeights(resize, along: horizontal, enlarges: enlarges, build)
    guard resize.antialiased, resize.filter == .bilinear || resize.filter == .area else {
      return columnsFirst(photo, rows, columns, build)
    }
    // Where Kilim joins rows first: the height shrinks, and few enough rows are joined.
    let shrinks = build("GreaterOrEqual", vertical.scale(build), build.double(1))
    let isFew = build("LessOrEqual", rows.tapCount, build.integer(64))
    return build.choose(if: build("And", shrinks, isFew), type: .float) { inner in
      rowsFirst(photo, rows, columns, inner)
    } else: { inner in
      columnsFirst(photo, rows, columns, inner)
    }
  }

  /// Columns, then rows: as Pillow does, which makes bytes in between, and OpenCV, which does not.
  private func columnsFirst(
    _ photo: String, _ rows: SealedWeights, _ columns: SealedWeights, _ build: GraphBuilder
  ) -> String {
    let sums = joined(columnsOf: photo, columns, build)
    let narrow = preprocessing.resize.antialiased ? rounded(sums, build) : sums
    return rounded(joined(rowsOf: narrow, rows, build), build)
  }

  /// Rows, with weights in 1/65536 and products in 1/256 that are cut off, then columns: the sums of `kilim_sum_byte_rows`. All numbers
  /// are whole and below 2²⁴, so single precision is exact.
  private func rowsFirst(
    _ photo: String, _ rows: SealedWeights, _ columns: SealedWeights, _ build: GraphBuilder
  ) -> String {
    let weights = wholeWeights(rows, build)
    // The sum begins with half a unit for each product.
    let start = build.cast(build.divide(rows.tapCount, build.integer(2)), to: .float)
    let empty = build.multiply(
      build.cast(build("Gather", photo, rows.firsts, with: ["axis": .integer(0)]), to: .float),
      build.float(0))
    let sums = build.repeat(rows.tapCount, from: build.add(empty, start), type: .float) {
      inner, tap, sum in
      let places = inner.add(rows.firsts, tap)
      let taken = inner.cast(
        inner("Gather", photo, places, with: ["axis": .integer(0)]), to: .float)
      let weight = inner(
        "GatherElements", weights, inner.column(places), with: ["axis": .integer(1)])
      let product = inner.multiply(taken, inner("Unsqueeze", weight, inner.integers(2)))
      return inner.add(sum, inner("Floor", inner.divide(product, inner.float(256))))
    }
    let pixels = joined(columnsOf: sums, columns, build)
    return rounded(build.multiply(pixels, build.float(1.0 / 256)), build)
  }

  /// Weights in 1/65536 that sum to 65536: what is missing is added to the largest. No weight is above 65535.
  private func wholeWeights(_ rows: SealedWeights, _ build: GraphBuilder) -> String {
    let (one, half) = (build.float(65536), build.float(0.5))
    let near = build("Floor", build.add(build.multiply(rows.matrix, one), half))
    let missing = build.subtract(one, build("ReduceSum", near, build.integers(1)))
    let largest = build("ArgMax", near, with: ["axis": .integer(1), "keepdims": .integer(1)])
    let width = build("Gather", build("Shape", near), build.integer(1))
    let places = build("Range", build.integer(0), width, build.integer(1))
    let isLargest = build.cast(build("Equal", places, largest), to: .float)
    return build.lower(build.add(near, build.multiply(isLargest, missing)), build.float(65535))
  }

  /// The rows of a picture `[H, W, 3]` joined one after the other, as `kilim_sum_rows` does with fused multiply-add: each sum is rounded
  /// once. The product of two numbers in single precision is exact in double precision.
  private func joined(rowsOf picture: String, _ rows: SealedWeights, _ build: GraphBuilder)
    -> String
  {
    let first = build("Gather", picture, rows.firsts, with: ["axis": .integer(0)])
    let empty = build.multiply(build.cast(first, to: .float), build.float(0))
    return build.repeat(rows.tapCount, from: empty, type: .float) { inner, turn, sum in
      let (places, weights) = rows.places(of: turn, inner)
      let taken = inner("Gather", picture, places, with: ["axis": .integer(0)])
      return fused(sum, taken, inner("Unsqueeze", weights, inner.integers(2)), inner)
    }
  }

  /// The columns of a picture `[T, W, 3]` joined as `kilim_resize_row` does: those with an even number in one sum, the others in a second
  /// one, and a last one without a partner behind both.
  private func joined(columnsOf picture: String, _ columns: SealedWeights, _ build: GraphBuilder)
    -> String
  {
    let first = build("Gather", picture, columns.firsts, with: ["axis": .integer(1)])
    let empty = build.multiply(
      build("Unsqueeze", build.cast(first, to: .float), build.integers(3)),
      build.tensor(Tensor([0, 0])))
    let last = build.subtract(columns.tapCount, build.integer(1))
    let sums = build.repeat(columns.tapCount, from: empty, type: .float) { inner, turn, sums in
      let (places, weights) = columns.places(of: turn, inner)
      let half = inner.divide(turn, inner.integer(2))
      let parity = inner.subtract(turn, inner.multiply(half, inner.integer(2)))
      let isAlone = inner(
        "And", inner("Equal", turn, last), inner("Equal", parity, inner.integer(0)))
      let whole = inner("ReduceSum", sums, inner.integers(3))
      let before = inner(
        "Where", isAlone, inner.multiply(whole, inner.tensor(Tensor([1, 0]))), sums)
      let taken = inner("Gather", picture, places, with: ["axis": .integer(1)])
      let next = fused(
        before, inner("Unsqueeze", taken, inner.integers(3)),
        inner("Unsqueeze", weights, inner.integers(2)), inner)
      return inner("Where", inner("Equal", inner.integers(0, 1), parity), next, before)
    }
    return build("ReduceSum", sums, build.integers(3), with: ["keepdims": .integer(0)])
  }

  /// sum + values · weights, rounded once to single precision.
  private func fused(_ sum: String, _ values: String, _ weights: String, _ build: GraphBuilder)
    -> String
  {
    let products = build.multiply(build.cast(values, to: .double), build.cast(weights, to: .double))
    return build.cast(build.add(build.cast(sum, to: .double), products), to: .float)
  }

  /// Numbers as bytes: rounded half up, and limited.
  private func rounded(_ values: String, _ build: GraphBuilder) -> String {
    let moved = build.add(values, build.float(0.5))
    return build("Floor", build.lower(build.higher(moved, build.float(0)), build.float(255)))
  }

  /// The picture in the middle of the input, on the background, where the photo keeps its proportions.
  private func framed(_ picture: String, _ vertical: SealedAxis, _ horizontal: SealedAxis) -> String {
    guard preprocessing.framing == .padToFit else { return picture }
    let size = preprocessing.imageSize
    var (before, after): ([String], [String]) = ([], [])
    for (length, axis) in [(size.height, vertical), (size.width, horizontal)] {
      let rest = build.subtract(build.integer(length), axis.target)
      let half = build("Round", build.divide(build.cast(rest, to: .double), build.double(2)))
      let first = build.cast(half, to: .int64)
      before.append(build("Unsqueeze", first, build.integers(0)))
      after.append(build("Unsqueeze", build.subtract(rest, first), build.integers(0)))
    }
    let none = build.integers(0)
    let pads = build.graph.add(
      "Concat", before + [none] + after + [none], name: "sealed.pads", ["axis": .integer(0)])
    let colour = preprocessing.background
    let background = build.tensor(
      Tensor(shape: [1, 1, 3], scalars: [colour.red, colour.green, colour.blue].map { Float($0) }))
    // Zeros around the difference to the background are the background.
    return build.add(build("Pad", build.subtract(picture, background), pads), background)
  }
}
