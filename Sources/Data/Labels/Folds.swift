/// One of the splits of a cross-validation.
public struct Fold: Hashable, Sendable {
  /// The numbers of the examples to train on, ascending.
  public let train: [Int]
  /// The numbers of the examples to test on, ascending. Each example is in the test part of exactly one fold.
  public let test: [Int]

  /// The folds in which each example is tested, by the number of its fold.
  static func folds(testedIn foldOfExample: [Int], count: Int) -> [Fold] {
    (0..<count).map { fold in
      let test = foldOfExample.indices.filter { foldOfExample[$0] == fold }
      return Fold(train: foldOfExample.indices.filter { foldOfExample[$0] != fold }, test: test)
    }
  }
}

/// Splits `0..<count` into folds. They are exactly those of scikit-learn's `KFold`.
///
/// ```swift
/// for fold in try folds(count: photos.count, folds: 5, seed: 7) {
///   let (train, test) = (photos.selecting(fold.train), photos.selecting(fold.test))
/// }
/// ```
///
/// - Parameters:
///   - count: the number of examples.
///   - folds: the number of folds, from 2 to `count`.
///   - seed: scikit-learn's `random_state` of a shuffled split; `nil` for consecutive parts, not shuffled.
/// - Throws: ``SplitError/folds(_:count:)`` for another number of folds.
public func folds(count: Int, folds: Int, seed: UInt32? = nil) throws(SplitError) -> [Fold] {
  guard folds >= 2, folds <= count else { throw .folds(folds, count: count) }
  var order = Array(0..<count)
  if let seed {
    var generator = MersenneTwister(seed: seed)
    order = generator.permutation(of: order)
  }
  var foldOfExample = [Int](repeating: 0, count: count)
  var start = 0
  for fold in 0..<folds {
    let size = count / folds + (fold < count % folds ? 1 : 0)
    for example in order[start..<start + size] { foldOfExample[example] = fold }
    start += size
  }
  return Fold.folds(testedIn: foldOfExample, count: folds)
}

/// Splits examples into folds with the same share of each class. They are exactly those of scikit-learn's
/// `StratifiedKFold`.
///
/// - Parameters:
///   - labels: the class of each example.
///   - folds: the number of folds, at least 2, and at most the number of examples of the largest class.
///   - seed: scikit-learn's `random_state` of a shuffled split; `nil` for a split that is not shuffled.
/// - Throws: ``SplitError/folds(_:count:)`` for another number of folds.
public func folds<Label: ClassLabel>(
  stratifying labels: [Label], folds: Int, seed: UInt32? = nil
) throws(SplitError) -> [Fold] {
  guard folds >= 2, folds <= labels.count else { throw .folds(folds, count: labels.count) }
  // Classes in the order of their first examples, as scikit-learn numbers them.
  var numbers: [Label.SortKey: Int] = [:]
  let classOfExample = labels.map { label in
    let number = numbers[label.sortKey] ?? numbers.count
    numbers[label.sortKey] = number
    return number
  }
  var members = [[Int]](repeating: [], count: numbers.count)
  for (example, number) in classOfExample.enumerated() { members[number].append(example) }
  let largest = members.map(\.count).max() ?? 0
  guard folds <= largest else { throw .folds(folds, count: largest) }
  // How many of each class a fold tests: every fold takes each `folds`-th example of the sorted classes.
  var shares = [[Int]](repeating: [Int](repeating: 0, count: numbers.count), count: folds)
  for (position, number) in classOfExample.sorted().enumerated() { shares[position % folds][number] += 1 }

  var generator = seed.map { MersenneTwister(seed: $0) }
  var foldOfExample = [Int](repeating: 0, count: labels.count)
  for (number, examples) in members.enumerated() {
    var foldOfMember = (0..<folds).flatMap { [Int](repeating: $0, count: shares[$0][number]) }
    if let shuffled = generator?.permutation(of: foldOfMember) { foldOfMember = shuffled }
    for (example, fold) in zip(examples, foldOfMember) { foldOfExample[example] = fold }
  }
  return Fold.folds(testedIn: foldOfExample, count: folds)
}

/// Splits examples into folds of whole groups and about the same size. They are exactly those of scikit-learn's
/// `GroupKFold`; of groups of the same size, the last comes first, where scikit-learn's order of more than 16 groups depends on
/// the processor.
///
/// - Parameters:
///   - groups: the group of each example, such as the person on a photo. A group is never both trained and tested on.
///   - folds: the number of folds, from 2 to the number of groups.
/// - Throws: ``SplitError/folds(_:count:)`` for another number of folds.
public func folds<Label: ClassLabel>(keepingTogether groups: [Label], folds: Int) throws(SplitError) -> [Fold] {
  let (distinct, groupOfExample) = classIndices(of: groups)
  guard folds >= 2, folds <= distinct.count else { throw .folds(folds, count: distinct.count) }
  var sizes = [Int](repeating: 0, count: distinct.count)
  for group in groupOfExample { sizes[group] += 1 }
  // The largest group first, each into the fold with the fewest examples so far.
  let order = sizes.indices.sorted { (sizes[$0], $0) > (sizes[$1], $1) }
  var (foldOfGroup, filled) = ([Int](repeating: 0, count: sizes.count), [Int](repeating: 0, count: folds))
  for group in order {
    let fold = filled.indices.min { filled[$0] < filled[$1] } ?? 0
    foldOfGroup[group] = fold
    filled[fold] += sizes[group]
  }
  return Fold.folds(testedIn: groupOfExample.map { foldOfGroup[$0] }, count: folds)
}
