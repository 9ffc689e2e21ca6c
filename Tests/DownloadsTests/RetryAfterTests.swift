import Downloads
import Foundation
import Testing

@Suite struct RetryAfterTests {
  // Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
  private let date = Date(timeIntervalSince1970: 784_111_777 - 90)

  @Test(arguments: [
    ("120", 120.0), (" 0 ", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 90), ("Sunday, 06-Nov-94 08:49:37 GMT", 90),
    ("Sun Nov  6 08:49:37 1994", 90), ("Sat, 05 Nov 1994 08:49:37 GMT", 0),
  ])
  func waits(_ value: String, _ seconds: Double) {
    #expect(retryAfter(value, at: date) == .seconds(seconds))
  }

  @Test(arguments: ["", "soon", "-5", "1.5", "99999999999999999999999", "06 Nov 1994"])
  func tellsNothing(_ value: String) {
    #expect(retryAfter(value, at: date) == nil)
  }
}
