/// Cuts texts to the room they have, on a drawing, a page or a terminal.
package struct Shortening {
  private let fits: (String) -> Bool

  /// - Parameter fits: whether there is room for a text. A longer text takes at least as much room as its beginning.
  package init(_ fits: @escaping (String) -> Bool) { self.fits = fits }

  /// The text if it fits; otherwise its beginning and an ellipsis.
  package func shorten(_ text: String) -> String { shorten(text) { text, kept in text.prefix(kept) + "…" } }

  /// The names that fit, and parts of the others: equal names give equal parts, and different ones different parts. Where the
  /// beginnings are the same, what the names have in common is cut; where that does not help, they are numbered.
  package func shorten(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    let distinct = names.filter { seen.insert($0).inserted }
    var labels = distinct.map { shorten($0) }
    // Some of those that begin alike may have more in common than all of them.
    for _ in 0..<3 {
      for alike in Self.equal(labels) {
        let common = Self.commonBeginning(of: alike.map { distinct[$0] })
        for index in alike {
          let (beginning, rest) = (distinct[index].prefix(common), distinct[index].dropFirst(common))
          labels[index] = shorten(distinct[index]) { _, kept in
            let end = rest.prefix(kept - kept / 3)
            let start = beginning.prefix(kept - end.count)
            return start + (start.count < beginning.count ? "…" : "") + end + (end.count < rest.count ? "…" : "")
          }
        }
      }
    }
    for index in Self.equal(labels).joined() {
      labels[index] = shorten("\(index + 1) \(distinct[index])")
    }
    let parts = Dictionary(uniqueKeysWithValues: zip(distinct, labels))
    return names.map { parts[$0] ?? $0 }
  }

  /// The places of each label that occurs several times.
  private static func equal(_ labels: [String]) -> [[Int]] {
    Dictionary(grouping: labels.indices) { labels[$0] }.values.filter { $0.count > 1 }
  }

  /// How many characters at the beginning all names have in common; not a part of a word or a number, unless it is long.
  private static func commonBeginning(of names: [String]) -> Int {
    guard let first = names.first else { return 0 }
    let common = names.reduce(first[...]) { common, name in
      common.prefix(zip(common, name).prefix { $0 == $1 }.count)
    }
    let word = common.reversed().prefix { $0.isLetter || $0.isNumber }.count
    return common.count - (word <= 8 ? word : 0)
  }

  /// - Parameter cut: a text of which so many letters are kept.
  private func shorten(_ text: String, cut: (_ text: String, _ kept: Int) -> String) -> String {
    if fits(text) { return text }
    let direction = BaseDirection(of: text)
    func cutText(_ text: String, _ kept: Int) -> String { direction.kept(in: cut(text, kept)) }
    // No font is so narrow that more letters would fit.
    let text = text.count > 1000 ? String(text.prefix(500) + text.suffix(500)) : text
    var kept = 0
    var tooMany = text.count
    while tooMany - kept > 1 {
      let middle = (kept + tooMany) / 2
      if fits(cutText(text, middle)) { kept = middle } else { tooMany = middle }
    }
    return cutText(text, kept)
  }
}
