import Foundation
import Tensor

/// What a run would fetch from the site. It is computed without requests.
package struct Plan: CustomStringConvertible {
  /// The usual numbers of posts on a page and of photos in a post.
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
      lines.append(
        "\(target.name): \(missing) of \(perClass) photos, about \(counted(requests, "request")), the first one")
      lines.append("  \(first.method.rawValue) \(first.url.absoluteString)")
      lines.append("  \(String(decoding: first.body, as: UTF8.self))")
    }
    lines.append("In all about \(counted(total, "request")): \(Self.time(for: total, rate: rate)).")
    description = lines.joined(separator: "\n")
  }
}

extension Plan {
  /// How long a number of requests takes: `61 minutes at 0.5 a second`. Seconds are given below 2 minutes, and hours
  /// from 2 hours on.
  package static func time(for requestCount: Int, rate: Double) -> String {
    let seconds = Double(requestCount) / rate
    let time =
      switch seconds {
      case ..<120: counted(Int(seconds.rounded(.up)), "second")
      case ..<7200: String(format: "%.0f minutes", seconds / 60)
      default: String(format: "%.1f hours", seconds / 3600)
      }
    return "\(time) at \(rate) a second"
  }
}

extension Int {
  /// The quotient, rounded up.
  fileprivate func divided(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
