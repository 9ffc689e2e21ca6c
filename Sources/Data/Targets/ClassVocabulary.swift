import Serialization

/// The classes of a data set and the number of each.
struct ClassVocabulary {
  /// The names in the order of the outputs.
  let classes: [String]
  private let labels: [ExactText: Int]

  /// Collects the classes of examples, sorted by code points, unless they are given.
  ///
  /// - Throws: ``TargetValueError`` for fewer classes than needed, or a name that occurs twice in `given`.
  init(_ names: some Sequence<String>, given: [String]?, atLeast count: Int) throws(TargetValueError) {
    classes = given ?? Set(names.lazy.map(ExactText.init)).sorted().map(\.text)
    guard classes.count >= count else { throw .tooFewClasses(classes, expected: count) }
    var seen: Set<ExactText> = []
    for name in classes where !seen.insert(ExactText(name)).inserted { throw .repeatedClass(name) }
    labels = Dictionary(uniqueKeysWithValues: classes.enumerated().map { (ExactText($1), $0) })
  }

  /// The number of a class.
  ///
  /// - Throws: ``TargetValueError`` for a name that is empty or none of the classes.
  func label(of name: String, example: Int) throws(TargetValueError) -> Int {
    guard !name.isEmpty else { throw .emptyName(example: example) }
    guard let label = labels[ExactText(name)] else {
      throw .unknownClass(example: example, name, known: classes)
    }
    return label
  }
}
