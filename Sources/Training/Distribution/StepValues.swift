import Data
import Tensor

/// What the forward pass of a step gives, of the examples of one rank or of all.
struct StepValues {
  /// The number of examples.
  var count: Int
  /// The mean loss over the examples, penalties included.
  var loss: Double
  /// The mean loss of each output, without penalties and the weight of the loss.
  var parts: [Double]
  /// Each output, `[N, …]`.
  var predicted: [Tensor<Float>]
  /// The targets of each output, `[N, …]`.
  var expected: [Tensor<Float>]
  /// How much each example counts, `[N]`; `nil` for all the same.
  var weights: Tensor<Float>?
}

/// The shapes of the rows of a step, which are the same in all steps and on all ranks.
struct StepRows: Equatable {
  /// Of each output, without the batch axis.
  let predicted: [Shape]
  /// Of the targets of each output, without the batch axis.
  let expected: [Shape]

  /// Those of some values.
  init(of values: StepValues) {
    self.init(predicted: values.predicted.map(\.shape), expected: values.expected.map(\.shape))
  }

  /// Those of batches of some shapes.
  init(predicted: [Shape], expected: [Shape]) {
    self.predicted = predicted.map { Shape($0.dropFirst()) }
    self.expected = expected.map { Shape($0.dropFirst()) }
  }

  /// All of them.
  var all: [Shape] { predicted + expected }

  /// Values of no examples.
  var noValues: StepValues {
    func empty(_ shapes: [Shape]) -> [Tensor<Float>] { shapes.map { Tensor(zeros: Shape([0] + $0)) } }
    return StepValues(
      count: 0, loss: 0, parts: predicted.map { _ in 0 }, predicted: empty(predicted), expected: empty(expected))
  }
}

/// What the ranks tell each other about a step: losses, and the rows that the metrics need. It travels as a sum in which each
/// number comes from one rank and is 0 on all others.
final class StepMessage {
  /// Where the numbers stand.
  private struct Layout {
    /// For each rank: whether it has failed, whether its examples have weights, the loss, and the loss of each output.
    let perRank: Int
    /// The number of elements in a row of each tensor: outputs, targets, weights.
    let rowSizes: [Int]
    let count: Int
    let ranks: Int

    var total: Int { ranks * perRank + rowSizes.reduce(0) { $0 + $1 * count } }
    /// Where the rows of each tensor begin.
    var starts: [Int] {
      rowSizes.indices.map { index in ranks * perRank + rowSizes[..<index].reduce(0) { $0 + $1 * count } }
    }
  }

  private let part: BatchPart
  private let rows: StepRows
  private let partCount: Int
  private let layout: Layout
  private let values: UnsafeMutableBufferPointer<Float>
  private var pending: (any PendingExchange)?

  /// Makes the message of one rank.
  ///
  /// - Parameters:
  ///   - own: the values of the own examples.
  ///   - count: the number of examples of all ranks.
  ///   - part: which of them are the own ones.
  ///   - rows: the shapes of the rows, if some metric needs those of all ranks; no shapes otherwise.
  ///   - hasFailed: whether this rank could not compute its part.
  init(_ own: StepValues, of count: Int, part: BatchPart, rows: StepRows, hasFailed: Bool) {
    (self.part, self.rows, partCount) = (part, rows, own.parts.count)
    let shapes = rows.all
    layout = Layout(
      perRank: 3 + own.parts.count, rowSizes: shapes.map(\.elementCount) + (shapes.isEmpty ? [] : [1]), count: count,
      ranks: part.count)
    values = .allocate(capacity: layout.total)
    values.initialize(repeating: 0)
    let place = part.index * layout.perRank
    let head = [hasFailed ? 1 : 0, own.weights == nil ? 0 : 1, Float(own.loss)] + own.parts.map { Float($0) }
    for (offset, number) in head.enumerated() { values[place + offset] = number }
    guard !shapes.isEmpty, own.count > 0 else { return }
    let first = part.range(of: count).lowerBound
    let weights = own.weights?.scalars ?? Array(repeating: 1, count: own.count)
    let scalars = (own.predicted + own.expected).map(\.scalars) + [weights]
    for ((start, size), scalars) in zip(zip(layout.starts, layout.rowSizes), scalars) {
      _ = UnsafeMutableBufferPointer(rebasing: values[(start + first * size)...]).update(fromContentsOf: scalars)
    }
  }

  deinit {
    // A sum that has failed may go on, and write there.
    if pending == nil { values.deallocate() }
  }

  /// Sends it.
  func send(to group: any TrainingGroup) throws {
    pending = try group.beginSum(values)
  }

  /// Waits for the numbers of all ranks.
  ///
  /// - Returns: the values of all examples, and the ranks that have failed and whose loss is not finite.
  func receive() throws -> (values: StepValues, failed: [Int], nonFinite: [Int]) {
    try pending?.wait()
    pending = nil
    let ranks = 0..<part.count
    func number(_ rank: Int, _ offset: Int) -> Double { Double(values[rank * layout.perRank + offset]) }
    let counts = ranks.map { Double(BatchPart(index: $0, count: part.count).range(of: layout.count).count) }
    func mean(_ offset: Int) -> Double {
      ranks.reduce(0) { counts[$1] > 0 ? $0 + number($1, offset) * counts[$1] / Double(layout.count) : $0 }
    }
    var all = StepValues(
      count: layout.count, loss: mean(2), parts: (0..<partCount).map { mean(3 + $0) }, predicted: [], expected: [])
    let shapes = rows.all
    if !shapes.isEmpty {
      let tensors = zip(zip(layout.starts, layout.rowSizes), shapes + [[]]).map { place, shape in
        Tensor<Float>(
          shape: Shape([layout.count] + shape), scalars: Array(values[place.0..<place.0 + place.1 * layout.count]))
      }
      all.predicted = Array(tensors[..<rows.predicted.count])
      all.expected = Array(tensors[rows.predicted.count..<shapes.count])
      if ranks.contains(where: { number($0, 1) > 0 }) { all.weights = tensors.last }
    }
    return (all, ranks.filter { number($0, 0) > 0 }, ranks.filter { counts[$0] > 0 && !number($0, 2).isFinite })
  }
}
