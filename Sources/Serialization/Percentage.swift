import Foundation

/// A share in per cent for people: `97.5%`, or `NaN` and the like for a number that is not finite. What is not all is never
/// rounded up to that: 0.9999 is `>99.9%`.
package func percentage(_ share: Double, digits: Int = 1) -> String {
  guard share.isFinite else { return share.isNaN ? "NaN" : share > 0 ? "∞" : "-∞" }
  func text(_ percent: Double) -> String { String(format: "%.\(digits)f%%", percent) }
  let rounded = text(100 * share)
  return share < 1 && rounded == text(100) ? ">" + text(100 - pow(10, -Double(digits))) : rounded
}
