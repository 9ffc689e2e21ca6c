import Foundation

/// What a run would fetch from the site, told without a single request.
package struct Plan: CustomStringConvertible {
  /// Posts on a page and photos in a post, as they mostly are.
  private static let usual = (posts: 24, photos: 3)

  /// The plan in lines of text.
  package let description: String

  /// Makes the plan.
  ///
  /// - Parameters:
  ///   - classes: the classes in order.
  ///   - table: the servers.
  ///   - city: the name of the city.
  ///   - perClass: photos wanted of each class.
  ///   - rate: requests in a second.
  ///   - state: what was collected before.
  /// - Throws: ``CollectorError/unknown(what:found:known:)``.
  package init(
    _ classes: [ClassTable.Class], table: ClassTable, city: String, perClass: Int, rate: Double, state: CollectionState
  ) throws(CollectorError) {
    let place = (name: city, number: try table.number(ofCity: city))
    var lines: [String] = []
    var total = 0
    for target in classes {
      let missing = max(0, perClass - state.savedCount(of: target.name))
      let posts = missing.divided(by: Self.usual.photos)
      let requests = missing + posts + posts.divided(by: Self.usual.posts)
      total += requests
      let first = target.listRequest(.current, site: table.site, city: place, cursor: nil, page: 1)
      lines.append("\(target.name): \(missing) of \(perClass) photos, about \(requests) requests, the first one")
      lines.append("  \(first.method.rawValue) \(first.url.absoluteString)")
      lines.append("  \(String(decoding: first.body, as: UTF8.self))")
    }
    lines.append("In all about \(total) requests, which take \(Self.time(for: total, rate: rate)).")
    description = lines.joined(separator: "\n")
  }
}

extension Plan {
  /// How long a number of requests takes: `61 minutes at 0.5 a second`.
  package static func time(for requestCount: Int, rate: Double) -> String {
    let minutes = Double(requestCount) / rate / 60
    let time = minutes < 120 ? String(format: "%.0f minutes", minutes) : String(format: "%.1f hours", minutes / 60)
    return "\(time) at \(rate) a second"
  }
}

extension Int {
  /// The quotient, rounded up.
  fileprivate func divided(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
