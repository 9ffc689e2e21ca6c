import Data
import ModelFormats
import Tensor

/// What a photo goes through before the network, in an ONNX graph: Kilim's own resize, byte for byte up to the last digit of sums, then
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
    let pixels = framed(resized(photo, axes.vertical, axes.horizontal), axes.vertical, axes.horizontal)
    var planes = build("Transpose", pixels, with: ["perm": .integers([2, 0, 1])])
    if preprocessing.colours == .bgr {
      planes = build("Gather", planes, build.integers(2, 1, 0), with: ["axis": .integer(0)])
    }
    let scaling = (0..<3).map { preprocessing.scaling(ofChannel: $0) }
    func perChannel(_ numbers: [Float]) -> String { build.tensor(Tensor(shape: [3, 1, 1], scalars: numbers)) }
    let scaled = build.add(
      build.multiply(planes, perChannel(scaling.map(\.factor))), perChannel(scaling.map(\.offset)))
    return build("Unsqueeze", scaled, build.integers(0))
  }

  /// The resized pixels, `[height, width, 3]` whole numbers in single precision.
  private func resized(_ photo: String, _ vertical: SealedAxis, _ horizontal: SealedAxis) -> String {
    let resize = preprocessing.resize
    let one = build.double(1)
    let shrinking = build.lower(vertical.scale(build), horizontal.scale(build))
    let enlarges = build("Less", shrinking, one)
    let rows = SealedWeights(resize, along: vertical, enlarges: enlarges, build)
    let columns = SealedWeights(resize, along: horizontal, enlarges: enlarges, build)
    guard resize.antialiased else {
      // No value is rounded in between, so the order does not matter.
      return rounded(combine(columns.matrix, combineRows(rows.matrix, photo, build), build), build)
    }
    guard resize.filter == .bilinear || resize.filter == .area else {
      return columnsFirst(photo, rows, columns, build)
    }
    // Where Kilim joins rows first: the height shrinks, and few enough rows are joined.
    let shrinks = build("GreaterOrEqual", vertical.scale(build), one)
    let isFew = build("LessOrEqual", rows.tapCount, build.integer(64))
    return build.choose(if: build("And", shrinks, isFew), type: .float) { inner in
      rowsFirst(photo, rows, columns, inner)
    } else: { inner in
      columnsFirst(photo, rows, columns, inner)
    }
  }

  /// Columns, then rows, and both times bytes: as Pillow does.
  private func columnsFirst(
    _ photo: String, _ rows: SealedWeights, _ columns: SealedWeights, _ build: GraphBuilder
  ) -> String {
    let narrow = rounded(build("MatMul", columns.matrix, build.cast(photo, to: .float)), build)
    return rounded(combineRows(rows.matrix, narrow, build), build)
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
      build.cast(build("Gather", photo, rows.firsts, with: ["axis": .integer(0)]), to: .float), build.float(0))
    let sums = build.repeat(rows.tapCount, from: build.add(empty, start), type: .float) { inner, tap, sum in
      let places = inner.add(rows.firsts, tap)
      let taken = inner.cast(inner("Gather", photo, places, with: ["axis": .integer(0)]), to: .float)
      let weight = inner("GatherElements", weights, inner.column(places), with: ["axis": .integer(1)])
      let product = inner.multiply(taken, inner("Unsqueeze", weight, inner.integers(2)))
      return inner.add(sum, inner("Floor", inner.divide(product, inner.float(256))))
    }
    let pixels = combine(columns.matrix, sums, build)
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

  /// The rows of a picture `[H, W, 3]` combined by weights `[T, H]`, in single precision.
  private func combineRows(_ weights: String, _ picture: String, _ build: GraphBuilder) -> String {
    let numbers = build.cast(picture, to: .float)
    let sizes = build("Shape", numbers)
    let height = build("Slice", sizes, build.integers(0), build.integers(1))
    let flat = build("Concat", height, build.integers(-1), with: ["axis": .integer(0)])
    let lines = build("Reshape", numbers, flat)
    let joined = build("MatMul", weights, lines)
    let width = build("Slice", sizes, build.integers(1), build.integers(3))
    return build(
      "Reshape", joined, build("Concat", build.integers(-1), width, with: ["axis": .integer(0)]))
  }

  /// The columns of a picture `[T, W, 3]` combined by weights `[U, W]`, with sums in double precision.
  private func combine(_ weights: String, _ picture: String, _ build: GraphBuilder) -> String {
    build.cast(
      build("MatMul", build.cast(weights, to: .double), build.cast(picture, to: .double)), to: .float)
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
