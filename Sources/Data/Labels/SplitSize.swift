/// The size of one part of a split: a share, written `0.2`, or a number of examples, written `200`.
public enum SplitSize: Hashable, Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  CustomStringConvertible
{
  /// A share of all examples, above 0 and below 1.
  case share(Double)
  /// A number of examples, at least 1 and less than all.
  case count(Int)

  /// Makes a share from a floating-point literal.
  public init(floatLiteral share: Double) {
    self = .share(share)
  }

  /// Makes a number of examples from an integer literal.
  public init(integerLiteral count: Int) {
    self = .count(count)
  }

  /// The number alone: `0.2` or `200`.
  public var description: String {
    switch self {
    case .share(let share): "\(share)"
    case .count(let count): "\(count)"
    }
  }

  func isPossible(of count: Int) -> Bool {
    switch self {
    case .share(let share): share > 0 && share < 1
    case .count(let wanted): wanted > 0 && wanted < count
    }
  }
}

/// The numbers of training and test examples of a split, with scikit-learn's rounding in floating point: a share is
/// rounded up for the test part and down for the training part. A size that is not given takes the rest.
struct SplitCounts {
  let train: Int
  let test: Int

  init(of count: Int, testSize: SplitSize?, trainSize: SplitSize?) throws(SplitError) {
    let testSize = testSize == nil && trainSize == nil ? 0.25 : testSize
    if let testSize, !testSize.isPossible(of: count) { throw .size("test", testSize, count: count) }
    if let trainSize, !trainSize.isPossible(of: count) { throw .size("train", trainSize, count: count) }

    let wantedTest = testSize.map { $0.count(of: count, .up) }
    let wantedTrain = trainSize.map { $0.count(of: count, .down) }
    if case .share(let train) = trainSize, case .share(let test) = testSize, train + test > 1 {
      throw .sharesTooLarge(train: train, test: test)
    }
    test = wantedTest ?? count - (wantedTrain ?? 0)
    train = wantedTrain ?? count - test
    guard train + test <= count else { throw .countsTooLarge(train: train, test: test, count: count) }
    guard train > 0 else { throw .emptyTrain(count: count, testSize: testSize, trainSize: trainSize) }
  }
}

extension SplitSize {
  fileprivate func count(of all: Int, _ rule: FloatingPointRoundingRule) -> Int {
    switch self {
    case .share(let share): Int((share * Double(all)).rounded(rule))
    case .count(let count): count
    }
  }
}
