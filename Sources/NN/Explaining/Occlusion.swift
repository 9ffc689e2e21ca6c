import Autograd
import Tensor

extension Model {
  /// Occlusion (Zeiler and Fergus 2014, section 4.2): by how much a class's score, or a number, falls when a square of the
  /// image is covered. For each pixel the mean over the squares that cover it, `[H, W]`. It needs no gradient, so it is a
  /// check on the methods that do.
  ///
  /// The squares begin every `stride` rows and columns, and the last ones end at the edges.
  ///
  /// Cost: a forward pass for each square.
  ///
  /// - Parameters:
  ///   - output: the class or the number to explain.
  ///   - x: one image, `[1, C, H, W]`.
  ///   - side: the side of the squares in pixels.
  ///   - stride: the distance between squares.
  ///   - cover: the value of a covered pixel in each channel; 0 by default.
  ///   - batchSize: the passes that are computed at once.
  /// - Throws: ``ExplanationError``.
  public func occlusionMap(
    of output: ExplainedOutput, in x: Tensor<Float>, side: Int, stride: Int, cover: [Float]? = nil, batchSize: Int = 32
  ) throws -> Tensor<Float> {
    let score = try ExplainedScore(output, of: self)
    try score.check(x)
    guard x.rank == 4 else { throw ExplanationError.noImages(inputShape: Shape(x.shape.dropFirst())) }
    let (channels, height, width) = (x.shape[1], x.shape[2], x.shape[3])
    for (name, value, most) in [("the side of a square", side, min(height, width)), ("the stride", stride, side)] {
      guard (1...max(most, 1)).contains(value) else {
        throw ExplanationError.option(name, found: value, expected: "from 1 to \(most)")
      }
    }
    guard batchSize >= 1 else { throw ExplanationError.option("batchSize", found: batchSize, expected: "at least 1") }
    let cover = cover ?? [Float](repeating: 0, count: channels)
    guard cover.count == channels else {
      throw ExplanationError.option(
        "the number of values of a covered pixel", found: cover.count, expected: "\(channels)")
    }
    let places = Self.starts(height, side, stride).flatMap { y in Self.starts(width, side, stride).map { (y, $0) } }
    let image = x.scalars
    let whole = try score.scores(of: x)[0]
    var (sums, counts) = ([Float](repeating: 0, count: height * width), [Float](repeating: 0, count: height * width))
    for first in Swift.stride(from: 0, to: places.count, by: batchSize) {
      let part = places[first..<min(first + batchSize, places.count)]
      var covered = [Float]()
      covered.reserveCapacity(part.count * image.count)
      for (top, left) in part {
        var copy = image
        for channel in 0..<channels {
          for row in top..<top + side {
            let start = (channel * height + row) * width + left
            for pixel in start..<start + side { copy[pixel] = cover[channel] }
          }
        }
        covered += copy
      }
      let scores = try score.scores(of: Tensor(shape: [part.count, channels, height, width], scalars: covered))
      for ((top, left), score) in zip(part, scores) {
        for row in top..<top + side {
          for pixel in row * width + left..<row * width + left + side {
            sums[pixel] += whole - score
            counts[pixel] += 1
          }
        }
      }
    }
    return Tensor(shape: [height, width], scalars: zip(sums, counts).map { $0 / $1 })
  }

  /// Where squares begin along an axis: the last one ends at its end.
  private static func starts(_ length: Int, _ side: Int, _ stride: Int) -> [Int] {
    let last = length - side
    let starts = Array(Swift.stride(from: 0, through: last, by: stride))
    return starts.last == last ? starts : starts + [last]
  }
}
