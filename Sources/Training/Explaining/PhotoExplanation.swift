import Data
import NN
import Tensor

/// Where a model sees a class in a photo, or what raises a number, by several methods.
public struct PhotoExplanation: Sendable {
  /// What one method finds.
  public struct Map: Sendable {
    /// The method.
    public let method: PhotoExplainer.Method
    /// How much each position matters, `[h, w]`, over the ``PhotoExplanation/frame``: below 0 where something speaks
    /// against the class, or lowers the number.
    public let values: Tensor<Float>
  }

  /// The photo.
  public let photo: Image
  /// What the model sees of it, `[3, H, W]`.
  public let input: Tensor<Float>
  /// The answer of the model for the photo.
  public let answer: PhotoAnswer
  /// The class or number that is explained.
  public let explained: ExplainedAnswer
  /// The output of the model that makes it.
  public let output: ExplainedOutput
  /// What each method finds, in the order that was asked for.
  public let maps: [Map]
  /// The part of the photo that the maps lie over.
  public let frame: PhotoFrame
  /// By how much the shares of integrated gradients miss what they must sum to, as a share of it; `nil` without them.
  /// Above about 0.1, more steps are needed.
  public let completenessError: Float?

  /// How far two methods agree: Spearman's rank correlation of their maps over the positions of the smaller one,
  /// from -1 to 1; `nil` if a method is missing, or one of the maps is the same everywhere.
  ///
  /// Gradients tell what a small change does, occlusion what a large one does: high numbers confirm a map, numbers near 0 warn.
  public func agreement(of first: PhotoExplainer.Method, and second: PhotoExplainer.Method) -> Double? {
    guard let a = maps.first(where: { $0.method == first })?.values,
      let b = maps.first(where: { $0.method == second })?.values
    else { return nil }
    let (height, width) = (min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1]))
    return rankCorrelation(a.averaged(over: height, width), b.averaged(over: height, width))
  }
}

extension Tensor<Float> {
  /// The means of the blocks of a map `[h, w]`, as many as positions of a smaller one.
  fileprivate func averaged(over height: Int, _ width: Int) -> [Double] {
    let values = scalars
    var sums = [Double](repeating: 0, count: height * width)
    var counts = sums
    for y in 0..<shape[0] {
      for x in 0..<shape[1] {
        let block = y * height / shape[0] * width + x * width / shape[1]
        sums[block] += Double(values[y * shape[1] + x])
        counts[block] += 1
      }
    }
    return zip(sums, counts).map { $0 / $1 }
  }
}

/// Spearman's rank correlation, as SciPy's `spearmanr`: the correlation of the ranks, where equal numbers share their
/// mean rank. `nil` if one side is the same everywhere.
func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double? {
  let (a, b) = (ranks(a), ranks(b))
  let mean = Double(a.count + 1) / 2
  func product(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) } }
  let scale = (product(a, a) * product(b, b)).squareRoot()
  return scale > 0 ? product(a, b) / scale : nil
}

private func ranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var (ranks, start) = ([Double](repeating: 0, count: values.count), 0)
  while start < order.count {
    let end = order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.count
    for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
    start = end
  }
  return ranks
}
