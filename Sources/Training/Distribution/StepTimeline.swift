import Foundation
import Serialization

/// When the ranks of a training computed, and when their gradients travelled, in its first steps.
///
/// The file is for `chrome://tracing` and Perfetto: a process for each rank, with a row for what it computes and a row for each
/// piece of gradients that is on its way. The clocks of the ranks begin together, as exactly as a message travels.
final class StepTimeline {
  /// A span of time, in the format of Chrome's traces.
  struct Span: Codable {
    let name: String
    let ph: String
    /// The start, in microseconds.
    let ts: Double
    /// The length, in microseconds.
    let dur: Double
    let pid: Int
    let tid: Int
  }

  /// A row of the picture.
  enum Row {
    case computing
    case bucket(Int)

    var number: Int {
      switch self {
      case .computing: 0
      case .bucket(let index): index + 1
      }
    }
  }

  /// The first steps prepare what later ones find; the file shows some after them.
  private static let steps = 3..<8

  private let rank: Int
  private let start = ContinuousClock.now
  private var step = 0
  private(set) var spans: [Span] = []

  init(rank: Int) { self.rank = rank }

  /// Whether the current step is one that is shown.
  var isOn: Bool { Self.steps.contains(step) }

  func endStep() { step += 1 }

  /// Adds what happened from a moment until now.
  func add(_ name: String, since begin: ContinuousClock.Instant, in row: Row = .computing) {
    guard isOn else { return }
    func microseconds(_ duration: Duration) -> Double { duration / .microseconds(1) }
    spans.append(
      Span(
        name: name, ph: "X", ts: microseconds(begin - start), dur: microseconds(.now - begin), pid: rank,
        tid: row.number))
  }

  /// Writes the spans of all ranks, on rank 0.
  ///
  /// - Throws: `FileError`.
  func write(to path: String, _ distribution: Distribution) throws {
    let states = try distribution.states {
      var state = SavedState()
      try state.set(spans, for: "spans")
      return state
    }
    try distribution.onLeader {
      let all = try states.flatMap { try $0.value([Span].self, for: "spans") }
      let encoder = JSONEncoder()
      encoder.outputFormatting = .sortedKeys
      try writeAtomically(Array(encoder.encode(["traceEvents": all])), to: path, replacing: .sameKind)
    }
  }
}
