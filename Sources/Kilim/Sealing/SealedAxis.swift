import Data
import ModelFormats

/// One axis of a resize in an ONNX graph: the lengths are values of the graph, since photos of any size come in.
struct SealedAxis {
  /// The pixels of the photo along the axis, as an integer and in double precision.
  let source, length: String
  /// Where the part that is used begins, and how long it is, in double precision.
  var start, used: String
  /// The pixels of the result, as an integer and in double precision.
  let target, targetLength: String

  /// How many pixels become one.
  func scale(_ build: GraphBuilder) -> String { build.divide(used, targetLength) }

  /// Both axes of a photo `[H, W, 3]`, as `Framing` lays them.
  static func axes(
    ofPhoto photo: String, _ preprocessing: Preprocessing, _ build: GraphBuilder
  ) -> (vertical: SealedAxis, horizontal: SealedAxis) {
    let sizes = build("Shape", photo)
    let sources = (0..<2).map { build("Gather", sizes, build.integer($0)) }
    let (height, width) = (build.cast(sources[0], to: .double), build.cast(sources[1], to: .double))
    let size = preprocessing.imageSize
    var used = [height, width]
    var margins: [String]?
    var targets = [build.integer(size.height), build.integer(size.width)]
    func wanted() -> String { build.double(Double(size.width) / Double(size.height)) }
    func isWider() -> String { build("Greater", build.divide(width, height), wanted()) }
    switch preprocessing.framing {
    case .stretch: break
    case .cropToFill:
      let (wanted, isWider) = (wanted(), isWider())
      used[1] = build("Where", isWider, build.multiply(height, wanted), width)
      used[0] = build("Where", isWider, height, build.divide(width, wanted))
      margins = zip([height, width], used).map { build.divide(build.subtract($0, $1), build.double(2)) }
    case .padToFit:
      let isWider = isWider()
      func fitting(_ length: String, _ other: String, _ side: Int) -> String {
        let rounded = build("Round", build.multiply(build.divide(length, other), build.double(Double(side))))
        return build.cast(build.higher(rounded, build.double(1)), to: .int64)
      }
      targets[0] = build("Where", isWider, fitting(height, width, size.width), targets[0])
      targets[1] = build("Where", isWider, targets[1], fitting(width, height, size.height))
    }
    var starts = margins ?? Array(repeating: build.double(0), count: 2)
    if preprocessing.cropShare != 1 {
      let share = preprocessing.cropShare
      for axis in 0..<2 {
        let margin = build.divide(build.multiply(used[axis], build.double(1 - share)), build.double(2))
        starts[axis] = build.add(starts[axis], margin)
        used[axis] = build.multiply(used[axis], build.double(share))
      }
    }
    func axis(_ index: Int) -> SealedAxis {
      SealedAxis(
        source: sources[index], length: [height, width][index], start: starts[index], used: used[index],
        target: targets[index], targetLength: build.cast(targets[index], to: .double))
    }
    return (axis(0), axis(1))
  }
}
