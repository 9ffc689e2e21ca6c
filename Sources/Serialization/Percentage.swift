import Foundation

/// A share in per cent for people: `97.5%`, or `NaN` and the like for a number that is not finite.
package func percentage(_ share: Double, digits: Int = 1) -> String {
  share.isFinite ? String(format: "%.\(digits)f%%", 100 * share) : share.isNaN ? "NaN" : share > 0 ? "∞" : "-∞"
}
