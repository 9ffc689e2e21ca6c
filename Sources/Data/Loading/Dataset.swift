import Tensor

/// Examples to train or test a model with, addressed by number.
///
/// ``ImageDataset`` holds photos, ``TensorDataset`` arrays. ``CombinedDataset`` joins some of them to
/// several inputs. Examples of your own that are photos or rows of numbers are simpler as an ``ExampleSource``. Your own type of data set needs the first three members and `batch(_:)`.
public protocol Dataset: Sendable {
  /// The number of examples.
  var count: Int { get }
  /// The shape of one input, such as `[3, 64, 64]`.
  var inputShape: Shape { get }
  /// The names of the classes in the order of the targets; empty if the targets are not classes.
  var classes: [String] { get }
  /// What the targets mean; `nil`, unless a type says otherwise: not said.
  var targetMeaning: TargetMeaning? { get }
  /// The shape of each input, for a model with several; unless a type says otherwise, that of the only one.
  var inputShapes: [Shape] { get }
  /// The names of the inputs, which must be those of the model if it has several; the name of a single input does not matter.
  /// Empty, unless a type says otherwise: the inputs have the order of the model's.
  var inputNames: [String] { get }
  /// What each of the inputs was made from; not said, unless a type says otherwise. A data set that changes another one hands on
  /// what that one says, so that a model is not trained on photos that were prepared in one way and measured on others.
  var inputMeanings: [InputMeaning?] { get }
  /// The names of the targets, which must be those of the model's outputs if it has several; the name of a single target does not
  /// matter. Empty, unless a type says otherwise: the targets have the order of the outputs.
  var targetNames: [String] { get }
  /// What each of the targets means, for a model with several outputs.
  var targetMeanings: [TargetMeaning?] { get }
  /// How much each example counts in the loss, finite and at least 0; `nil`, unless a type says otherwise: all the same.
  var sampleWeights: [Float]? { get }
  /// The examples of the given numbers, in this order. Called on several threads of the loader at once.
  func batch(_ indices: [Int]) throws -> Batch
  /// The examples of the given numbers with randomly changed inputs.
  ///
  /// By default the inputs of `batch(_:)` are changed, which must be photos `[B, 3, H, W]` in RGB with values from 0 to
  /// 1.
  func batch(_ indices: [Int], changedBy changes: EpochChanges) throws -> Batch
  /// A number that differs if any example or target differs, so that a checkpoint is not used with other data.
  func checksum() throws -> UInt64
}

extension Dataset {
  /// Not said.
  public var targetMeaning: TargetMeaning? { nil }
  /// That of the only input.
  public var inputShapes: [Shape] { [inputShape] }
  /// Not said.
  public var inputNames: [String] { [] }
  /// Not said.
  public var inputMeanings: [InputMeaning?] { inputShapes.map { _ in nil } }
  /// Not said.
  public var targetNames: [String] { [] }
  /// That of the only target.
  public var targetMeanings: [TargetMeaning?] { [targetMeaning] }
  /// All examples count the same.
  public var sampleWeights: [Float]? { nil }

  /// The examples of the given numbers, their inputs changed as photos `[B, 3, H, W]` in RGB with values from 0 to 1.
  ///
  /// - Throws: ``DatasetError`` if the inputs are not such photos.
  public func batch(_ indices: [Int], changedBy changes: EpochChanges) throws -> Batch {
    try changes.apply(to: checkedBatch(indices), examples: indices)
  }
}

/// The form of the targets of a classification.
public enum LabelMode: String, Hashable, Codable, Sendable {
  /// A row with 1 in the column of the class and 0 elsewhere, `[B, classes]`: for categorical cross-entropy.
  case oneHot
  /// The index of the class as a number, `[B]`: for sparse categorical cross-entropy.
  case index
  /// One column, `[B, 1]`: 0 for the first class and 1 for the second, as Keras's `label_mode="binary"`. For binary
  /// cross-entropy behind `Dense(1, activation: .sigmoid)`; only for exactly two classes.
  case binary
}

extension LabelMode {
  /// Throws unless targets of a meaning have this form.
  func check(_ meaning: TargetMeaning) throws(TargetValueError) {
    switch (self, meaning) {
    case (.oneHot, _), (.index, .oneClass): return
    case (.binary, .oneClass(let names)) where names.count == 2: return
    default: throw .form(self, meaning)
    }
  }
}
