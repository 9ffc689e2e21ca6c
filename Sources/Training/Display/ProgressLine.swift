import Foundation
import Serialization

/// The line that shows the progress of an epoch, for a terminal of any width.
struct ProgressLine {
  /// The number of the epoch, from 1, and the number of epochs.
  var epoch: (number: Int, count: Int)
  /// The number of finished examples and of all examples; `nil` if that is not known.
  var examples: (done: Int, count: Int?)
  /// What the examples are, in the plural.
  var exampleWord = "examples"
  /// Examples per second.
  var rate: Double
  /// The running figures.
  var figures: [(name: String, value: Double)]
  /// Which characters are drawn.
  var style = TextStyle(isUnicode: true, hasBraille: true, hasColours: false)
  /// The number of measured examples and of all of them, during the validation; `nil` if that is not known.
  var validation: (done: Int, count: Int?)?

  /// The line, at most `width` columns wide. On a narrow terminal the bar becomes shorter first. Then parts are left
  /// out in this order: the rate, the remaining time, the bar, and the figures from the end. Without the number of all examples
  /// there is no bar and no remaining time.
  func text(columns: Int) -> String {
    let head = "Epoch \(epoch.number)/\(epoch.count)"
    let count = "\(examples.done)" + (examples.count.map { "/\($0)" } ?? " \(exampleWord)")
    let values = figures.map { "\($0.name.withoutControls): \(decimal($0.value, digits: 4))" }
    let left = validation.map { Self.validating($0.done, $0.count) } ?? timeLeft.map { "\($0) left" }
    let tail = (left.map { [$0] } ?? []) + values
    let rate = "\(wholeNumber(rate)) \(exampleWord)/s"
    let lines =
      [24, 16, 10].map { [[head, bar($0), count].compactMap(\.self).joined(separator: " "), rate] + tail }
      + [[[head, bar(10), count].compactMap(\.self).joined(separator: " ")] + tail]
      + [["\(head) \(count)"] + tail]
      + values.indices.reversed().map { ["\(head) \(count)"] + values[...$0] }
      + [["\(head) \(count)"]]
    let texts = lines.map { $0.joined(separator: " - ") }
    return texts.first { $0.columnCount <= columns } ?? (texts.last ?? "").prefix(columns: columns)
  }

  private static func validating(_ done: Int, _ count: Int?) -> String {
    "validating " + (count.map { "\(100 * done / max($0, 1))%" } ?? "\(done)")
  }

  private func bar(_ width: Int) -> String? {
    guard let count = examples.count else { return nil }
    let done = min(examples.done, count) * width / max(count, 1)
    return String(repeating: style.bar.full, count: done) + String(repeating: style.bar.empty, count: width - done)
  }

  private var timeLeft: String? { examples.count.map { clockTime(Double($0 - examples.done) / rate) } }
}

/// Seconds as `1:05` or `2:03:04`; `?` if they are unknown.
func clockTime(_ seconds: Double?) -> String {
  guard let seconds, seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
  let whole = Int(seconds.rounded())
  func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }
  let (hours, minutes) = (whole / 3600, whole / 60 % 60)
  return (hours > 0 ? "\(hours):\(two(minutes))" : "\(minutes)") + ":" + two(whole % 60)
}

/// A number with `digits` decimals; `nan`, `inf` or `-inf` for a number that is not finite.
func decimal(_ value: Double, digits: Int) -> String {
  value.isFinite ? String(format: "%.\(digits)f", value) : value.isNaN ? "nan" : "\(value)"
}

/// A number in as many digits as tell it from others; `nan` for every NaN, whose sign says nothing.
package func numberText(_ value: Double) -> String { value.isNaN ? "nan" : "\(value)" }

/// A number in a format of C; `nan` for every NaN.
package func numberText(_ value: Double, format: String) -> String {
  value.isNaN ? "nan" : String(format: format, value)
}

/// A number of any size, without decimals.
func wholeNumber(_ value: Double) -> String { decimal(value.rounded(.down), digits: 0) }
