/// Splits `0..<count` into two parts. The indices are exactly those of scikit-learn's `train_test_split`.
///
/// ```swift
/// let (train, test) = try trainTestSplit(count: 10, testSize: 0.2, seed: 42)  // test is [8, 1]
/// ```
///
/// - Parameters:
///   - count: the number of examples.
///   - testSize: the size of the test part; by default the rest, or 0.25 if `trainSize` is not given either.
///   - trainSize: the size of the training part; by default the rest. Both sizes together may leave examples out.
///   - shuffle: whether the order is random; otherwise the first examples are for training and the next ones for
///     testing.
///   - seed: scikit-learn's `random_state`.
/// - Throws: ``SplitError`` when a size is out of range or leaves nothing to train on.
public func trainTestSplit(
  count: Int, testSize: SplitSize? = nil, trainSize: SplitSize? = nil, shuffle: Bool = true, seed: UInt32 = 0
) throws(SplitError) -> (train: [Int], test: [Int]) {
  let counts = try SplitCounts(of: count, testSize: testSize, trainSize: trainSize)
  guard shuffle else {
    return (Array(0..<counts.train), Array(counts.train..<counts.train + counts.test))
  }
  var generator = MersenneTwister(seed: seed)
  let order = generator.permutation(of: 0..<count)
  return (Array(order[counts.test..<counts.test + counts.train]), Array(order[..<counts.test]))
}

/// Splits the indices of `labels` into two parts. Each class has the same share in both parts as in the whole. The
/// indices are exactly those of scikit-learn's `train_test_split` with `stratify`.
///
/// - Parameters:
///   - labels: the class of each example.
///   - testSize: the size of the test part; by default the rest, or 0.25 if `trainSize` is not given either.
///   - trainSize: the size of the training part; by default the rest.
///   - seed: scikit-learn's `random_state`.
/// - Throws: ``SplitError`` when a size is out of range, a class has a single example, or a part is smaller than the
///   number of classes.
public func trainTestSplit<Label: ClassLabel>(
  stratifying labels: [Label], testSize: SplitSize? = nil, trainSize: SplitSize? = nil, seed: UInt32 = 0
) throws(SplitError) -> (train: [Int], test: [Int]) {
  let counts = try SplitCounts(of: labels.count, testSize: testSize, trainSize: trainSize)
  let (classes, classOfExample) = classIndices(of: labels)
  var members = [[Int]](repeating: [], count: classes.count)
  for (example, index) in classOfExample.enumerated() { members[index].append(example) }

  let single = classes.indices.filter { members[$0].count < 2 }
  guard single.isEmpty else { throw .singleExample(classes: single.map { "\(classes[$0])" }) }
  for (part, count) in [("train", counts.train), ("test", counts.test)] where count < classes.count {
    throw .fewerThanClasses(part, count: count, classes: classes.count)
  }

  var generator = MersenneTwister(seed: seed)
  let trainCounts = apportion(counts.train, among: members.map(\.count), &generator)
  let remaining = zip(members, trainCounts).map { $0.count - $1 }
  let testCounts = apportion(counts.test, among: remaining, &generator)
  var (train, test): ([Int], [Int]) = ([], [])
  for (index, examples) in members.enumerated() {
    let order = generator.permutation(of: examples)
    train += order.prefix(trainCounts[index])
    test += order.dropFirst(trainCounts[index]).prefix(testCounts[index])
  }
  train = generator.permutation(of: train)
  test = generator.permutation(of: test)
  return (train, test)
}

/// How many of `total` examples each class gets: its exact share rounded down, plus one for the classes with the
/// largest remainders. Equal remainders are chosen at random (scikit-learn's `_approximate_mode`).
private func apportion(_ total: Int, among classCounts: [Int], _ generator: inout MersenneTwister) -> [Int] {
  let all = Double(classCounts.reduce(0, +))
  let exact = classCounts.map { Double($0) / all * Double(total) }
  var shares = exact.map { Int($0) }
  let remainders = exact.map { $0 - $0.rounded(.down) }
  var missing = total - shares.reduce(0, +)
  for remainder in Set(remainders).sorted(by: >) where missing > 0 {
    let tied = remainders.indices.filter { remainders[$0] == remainder }
    let chosen = generator.choice(of: tied, count: min(tied.count, missing))
    for index in chosen { shares[index] += 1 }
    missing -= chosen.count
  }
  return shares
}
