import Foundation
import Serialization

/// The line that shows the progress of an epoch, for a terminal of any width.
struct ProgressLine {
  /// The number of the epoch, from 1, and the number of epochs.
  var epoch: (number: Int, count: Int)
  /// The number of finished examples and of all examples.
  var examples: (done: Int, count: Int)
  /// Examples per second.
  var rate: Double
  /// The running figures.
  var figures: [(name: String, value: Double)]

  /// The line, at most `width` columns wide. On a narrow terminal the bar becomes shorter first. Then parts are left
  /// out in this order: the rate, the remaining time, the bar, and the figures from the end.
  func text(columns: Int) -> String {
    let head = "Epoch \(epoch.number)/\(epoch.count)"
    let count = "\(examples.done)/\(examples.count)"
    let values = figures.map { "\($0.name.withoutControls): \(decimal($0.value, digits: 4))" }
    let (rate, left) = ("\(wholeNumber(rate)) images/s", "\(timeLeft) left")
    let lines =
      [24, 16, 10].map { [[head, bar($0), count].joined(separator: " "), rate, left] + values }
      + [[[head, bar(10), count].joined(separator: " "), left] + values]
      + [["\(head) \(count)", left] + values]
      + values.indices.reversed().map { ["\(head) \(count)"] + values[...$0] }
      + [["\(head) \(count)"]]
    let texts = lines.map { $0.joined(separator: " - ") }
    return texts.first { $0.columnCount <= columns } ?? (texts.last ?? "").prefix(columns: columns)
  }

  private func bar(_ width: Int) -> String {
    let done = min(examples.done, examples.count) * width / max(examples.count, 1)
    return String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
  }

  private var timeLeft: String {
    let seconds = Double(examples.count - examples.done) / rate
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    let whole = Int(seconds.rounded())
    return "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60)"
  }
}

/// A number with `digits` decimals; `nan`, `inf` or `-inf` for a number that is not finite.
func decimal(_ value: Double, digits: Int) -> String {
  value.isFinite ? String(format: "%.\(digits)f", value) : value.isNaN ? "nan" : "\(value)"
}

/// A number of any size, without decimals.
func wholeNumber(_ value: Double) -> String { decimal(value.rounded(.down), digits: 0) }
