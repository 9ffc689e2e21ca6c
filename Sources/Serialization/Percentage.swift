import Foundation

/// A share in per cent: `97.5%`. A share below 1 is never shown as 100 %: 0.9999 is `>99.9%`. NaN and infinities are shown as
/// `NaN`, `∞` and `-∞`.
package func percentage(_ share: Double, digits: Int = 1) -> String {
  guard share.isFinite else { return share.isNaN ? "NaN" : share > 0 ? "∞" : "-∞" }
  func text(_ percent: Double) -> String { String(format: "%.\(digits)f%%", percent) }
  let rounded = text(100 * share)
  return share < 1 && rounded == text(100) ? ">" + text(100 - pow(10, -Double(digits))) : rounded
}
