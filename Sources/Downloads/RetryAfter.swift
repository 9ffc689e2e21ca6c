import Foundation
import Serialization

/// Reads the header field `Retry-After`: seconds, or a date in one of the three forms of HTTP (RFC 9110, 5.6.7).
///
/// - Returns: how long to wait from `date` on, not negative; nil if the field holds something else.
package func retryAfter(_ value: String, at date: Date) -> Duration? {
  let text = value.trimmed
  if !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isNumber }) {
    return Int(text).map { .seconds($0) }
  }
  for format in ["EEE, dd MMM yyyy HH:mm:ss 'GMT'", "EEEE, dd-MMM-yy HH:mm:ss 'GMT'", "EEE MMM d HH:mm:ss yyyy"] {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = format
    if let end = formatter.date(from: text) { return .seconds(max(0, end.timeIntervalSince(date))) }
  }
  return nil
}
