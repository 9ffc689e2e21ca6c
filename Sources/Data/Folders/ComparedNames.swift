import Serialization

/// Two lists of names that differ, in words for an error. A name is shown by its code points if another one looks like it, such as
/// `é` as one code point and as two: otherwise nobody would see the difference.
package struct ComparedNames {
  private let names, others: [String]
  private let alike: Set<ExactText>

  /// Compares the names that were found with those that were expected.
  package init(_ names: [String], _ others: [String]) {
    (self.names, self.others) = (names, others)
    let groups = Dictionary(grouping: Set((names + others).map(ExactText.init)), by: \.text.withoutFineDifferences)
    alike = Set(groups.values.filter { $0.count > 1 }.joined())
  }

  /// The first names of the first list, and how many more there are.
  package var first: String { list(names, besides: others) }

  /// The first names of the second list, and how many more there are.
  package var second: String { list(others, besides: names) }

  /// A name of either list.
  package func text(_ name: String) -> String {
    guard alike.contains(ExactText(name)) else { return name.withoutControls }
    return name.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
  }

  /// A long list begins with the names that make the difference.
  private func list(_ names: [String], besides others: [String]) -> String {
    guard names.count > 5 else { return shortList(names.map(text)) }
    let known = Set(others.map(ExactText.init))
    func rank(_ name: String) -> Int {
      alike.contains(ExactText(name)) ? 0 : known.contains(ExactText(name)) ? 2 : 1
    }
    return shortList((0...2).flatMap { wanted in names.filter { rank($0) == wanted } }.map(text))
  }
}
