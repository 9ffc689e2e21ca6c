import Serialization
import Tensor

/// The targets of all examples of a source, and what they mean.
public struct Targets: Sendable {
  /// What the targets mean.
  public let meaning: TargetMeaning
  /// The number of examples.
  public let count: Int
  private let values: Values

  private enum Values {
    case labels([Int])
    case sets([[Int]])
    /// `[examples, numbers]`.
    case numbers(Tensor<Float>)
    case none
  }

  /// One class for each example, by name.
  ///
  /// - Parameters:
  ///   - names: the class of each example.
  ///   - classes: all classes, in the order of the outputs; by default the distinct names, sorted by code points.
  /// - Throws: ``TargetValueError`` at a name that is not in `classes`, an empty one, or fewer than two classes; where they are
  ///   given, one is enough, as for photos to add to others.
  public init(classNames names: [String], classes: [String]? = nil) throws(TargetValueError) {
    let vocabulary = try ClassVocabulary(names, given: classes, atLeast: classes == nil ? 2 : 1)
    let labels = try names.enumerated().map { index, name throws(TargetValueError) in
      try vocabulary.label(of: name, example: index)
    }
    self.init(labels: labels, classes: vocabulary.classes)
  }

  /// One class for each example, by number, as arrays of NumPy hold them.
  ///
  /// - Parameters:
  ///   - numbers: the class of each example, from 0.
  ///   - classes: the names of all classes; by default the numbers up to the largest.
  /// - Throws: ``TargetValueError`` at a number that is no class, or fewer than two classes.
  public init(classNumbers numbers: [Float], classes: [String]? = nil) throws(TargetValueError) {
    // Above 2²⁴ numbers of single precision are not whole any more.
    let largest = numbers.max().flatMap { Int(exactly: $0) } ?? 0
    let count = classes?.count ?? min(max(largest, 0) + 1, 1 << 24)
    let labels = try numbers.enumerated().map { example, number throws(TargetValueError) in
      guard let label = Int(exactly: number), (0..<count).contains(label) else {
        throw .unknownNumber(example: example, number, count: count)
      }
      return label
    }
    let names = try ClassVocabulary([], given: classes ?? (0..<count).map { "\($0)" }, atLeast: 2)
    self.init(labels: labels, classes: names.classes)
  }

  /// One class for each example, by number.
  init(labels: [Int], classes: [String]) {
    (meaning, count, values) = (.oneClass(names: classes), labels.count, .labels(labels))
  }

  /// Several classes for each example, as scikit-learn's `MultiLabelBinarizer`.
  ///
  /// - Parameters:
  ///   - names: the classes of each example, in any order; repetitions count once.
  ///   - classes: all classes, in the order of the outputs; by default the distinct names, sorted by code points.
  /// - Throws: ``TargetValueError`` at a name that is not in `classes`, an empty one, or no class at all.
  public init(severalClassNames names: [[String]], classes: [String]? = nil) throws(TargetValueError) {
    let vocabulary = try ClassVocabulary(names.lazy.flatMap(\.self), given: classes, atLeast: 1)
    let sets = try names.enumerated().map { index, names throws(TargetValueError) in
      Set(try names.map { name throws(TargetValueError) in try vocabulary.label(of: name, example: index) }).sorted()
    }
    (meaning, count, values) = (.severalClasses(names: vocabulary.classes), sets.count, .sets(sets))
  }

  /// The same quantities for each example.
  ///
  /// - Parameters:
  ///   - rows: the numbers of each example.
  ///   - names: the name of each number; by default `value`, or `value 1`, `value 2`, ….
  /// - Throws: ``TargetValueError`` at a number that is not finite, a row of another length, or a name that occurs twice.
  public init(numbers rows: [[Float]], names: [String]? = nil) throws(TargetValueError) {
    var known: Set<ExactText> = []
    for name in names ?? [] where !known.insert(ExactText(name)).inserted { throw .repeatedNumber(name) }
    let table = try Tensor(numbersOfExamples: rows, width: names?.count)
    let width = table.shape[1]
    let names = names ?? (width == 1 ? ["value"] : (0..<width).map { "value \($0 + 1)" })
    (meaning, count, values) = (.numbers(names: names, scaling: nil), rows.count, .numbers(table))
  }

  /// Examples without targets.
  public init(unknown count: Int) {
    (meaning, self.count, values) = (.unknown, count, .none)
  }

  /// The class of each example; `nil` unless each has exactly one.
  public var labels: [Int]? {
    if case .labels(let labels) = values { labels } else { nil }
  }

  /// The targets of some examples, in the given order; one may occur more than once.
  public func selecting(_ examples: [Int]) -> Targets {
    let chosen: Values =
      switch values {
      case .labels(let labels): .labels(examples.map { labels[$0] })
      case .sets(let sets): .sets(examples.map { sets[$0] })
      case .numbers(let table): .numbers(table.gathering(examples))
      case .none: .none
      }
    return Targets(meaning, examples.count, chosen)
  }

  /// How many of the given examples show each class; empty if the targets are not classes.
  func counts(of examples: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: meaning.classes.count)
    switch values {
    case .labels(let labels): for example in examples { counts[labels[example]] += 1 }
    case .sets(let sets): for example in examples { for label in sets[example] { counts[label] += 1 } }
    case .numbers, .none: break
    }
    return counts
  }

  /// The classes of an example, as positions among their names; none if the targets are not classes.
  func classes(of example: Int) -> [Int] {
    switch values {
    case .labels(let labels): [labels[example]]
    case .sets(let sets): sets[example]
    case .numbers, .none: []
    }
  }

  /// The names of the classes of an example, or its numbers in their own units, for people.
  func words(of example: Int) -> [String] {
    switch values {
    case .labels, .sets: return classes(of: example).map { meaning.classes[$0] }
    case .numbers(let table):
      let row = table.select(example).scalars
      guard case .numbers(_, let scaling?) = meaning else { return row.map { "\($0)" } }
      return scaling.restored(row).map { "\($0)" }
    case .none: return []
    }
  }

  /// The targets of some examples, in the form of a batch.
  ///
  /// - Returns: for one class, what the mode says; for several, a row of 0 and 1, `[B, classes]`; for numbers, `[B, N]`;
  ///   `[B, 0]` for none.
  func tensor(of examples: [Int], mode: LabelMode) -> Tensor<Float> {
    switch values {
    case .labels(let labels):
      let chosen = Tensor(examples.map { Float(labels[$0]) })
      return switch mode {
      case .index: chosen
      case .oneHot: Tensor(oneHot: chosen, classCount: meaning.classes.count)
      case .binary: chosen.reshaped(to: [examples.count, 1])
      }
    case .sets(let sets):
      let width = meaning.classes.count
      var scalars = [Float](repeating: 0, count: examples.count * width)
      for (row, example) in examples.enumerated() { for label in sets[example] { scalars[row * width + label] = 1 } }
      return Tensor(shape: [examples.count, width], scalars: scalars)
    case .numbers(let table): return table.gathering(examples)
    case .none:
      return Tensor(zeros: [examples.count, 0])
    }
  }

  /// The scaling of the numbers of all examples; `nil` if the targets are not numbers in their own units.
  public var scaling: NumberScaling? { scaling(of: Array(0..<count)) }

  /// The scaling of the numbers of some examples; `nil` if the targets are not numbers in their own units.
  func scaling(of examples: [Int]) -> NumberScaling? {
    guard case .numbers(let table) = values, case .numbers(_, nil) = meaning, !examples.isEmpty else { return nil }
    return NumberScaling(rows: table.gathering(examples))
  }

  /// The targets standardized.
  ///
  /// - Throws: ``TargetValueError`` if they are not as many numbers in their own units.
  public func standardized(by scaling: NumberScaling) throws(TargetValueError) -> Targets {
    guard case .numbers(let table) = values, case .numbers(let names, nil) = meaning,
      scaling.mean.count == names.count
    else {
      throw .unfit(
        operation: "standardizing", meaning, expected: "\(counted(scaling.mean.count, "number")) in own units")
    }
    return Targets(.numbers(names: names, scaling: scaling), count, .numbers(scaling.standardized(table)))
  }

  private init(_ meaning: TargetMeaning, _ count: Int, _ values: Values) {
    (self.meaning, self.count, self.values) = (meaning, count, values)
  }
}

extension Tensor<Float> {
  /// The numbers of examples, `[N, width]`.
  ///
  /// - Throws: ``TargetValueError`` at a number that is not finite or a row of another length.
  init(numbersOfExamples rows: [[Float]], width: Int? = nil) throws(TargetValueError) {
    let width = width ?? rows.first?.count ?? 0
    for (index, row) in rows.enumerated() {
      guard row.count == width, width > 0 else { throw .rowLength(example: index, found: row.count, expected: width) }
      if let wrong = row.first(where: { !$0.isFinite }) { throw .notFinite(example: index, wrong) }
    }
    self.init(shape: [rows.count, width], scalars: rows.flatMap(\.self))
  }
}
