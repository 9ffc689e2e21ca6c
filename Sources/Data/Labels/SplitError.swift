import Tensor

/// Why data cannot be split. The cases are those of scikit-learn's `train_test_split`.
public enum SplitError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A share that is not between 0 and 1, or a number that is not between 1 and the number of examples less 1.
  case size(_ part: String, SplitSize, count: Int)
  /// Both shares together exceed 1.
  case sharesTooLarge(train: Double, test: Double)
  /// Both parts together exceed the number of examples.
  case countsTooLarge(train: Int, test: Int, count: Int)
  /// No examples are left to train on.
  case emptyTrain(count: Int, testSize: SplitSize?, trainSize: SplitSize?)
  /// Classes with a single example, which cannot be on both sides of a stratified split.
  case singleExample(classes: [String])
  /// A number of folds below 2, or above the number of examples, of those of the largest class, or of groups.
  case folds(_ folds: Int, count: Int)
  /// A part of a stratified split that is smaller than the number of classes.
  case fewerThanClasses(_ part: String, count: Int, classes: Int)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .size(let part, let size, let count):
      "split: found \(part) size \(size), expected a share above 0 and below 1, or a number from 1 to below \(count)"
    case .sharesTooLarge(let train, let test):
      "split: the train share \(train) and the test share \(test) sum to \(train + test), expected at most 1"
    case .countsTooLarge(let train, let test, let count):
      "split: \(train) train and \(test) test examples were asked for, there are \(count)"
    case .emptyTrain(let count, let testSize, let trainSize):
      "split: no training example is left of \(count) with test size \(testSize?.description ?? "not given") "
        + "and train size \(trainSize?.description ?? "not given")"
    case .singleExample(let classes):
      "stratified split: found one example of \(classes.joined(separator: ", ")), expected at least 2 of each class; "
        + "add examples or split without stratifying"
    case .folds(let folds, let count):
      "split: found \(counted(folds, "fold")), expected from 2 to \(count)"
    case .fewerThanClasses(let part, let count, let classes):
      "stratified split: found a \(part) part of \(count), expected at least one for each of \(classes) classes"
    }
  }
}
