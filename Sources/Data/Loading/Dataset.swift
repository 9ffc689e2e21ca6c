import Tensor

/// Examples to train or test a model with, addressed by number.
///
/// ``ImageDataset`` holds photos, ``TensorDataset`` arrays. Examples of your own that are photos or rows of numbers are
/// simpler as an ``ExampleSource``. Your own type of data set needs the first three members and `batch(_:)`.
public protocol Dataset: Sendable {
  /// The number of examples.
  var count: Int { get }
  /// The shape of one input, such as `[3, 64, 64]`.
  var inputShape: Shape { get }
  /// The names of the classes in the order of the targets; empty if the targets are not classes.
  var classes: [String] { get }
  /// What the targets mean; `nil`, unless a type says otherwise: not said.
  var targetMeaning: TargetMeaning? { get }
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

  /// The examples of the given numbers, their inputs changed as photos `[B, 3, H, W]` in RGB with values from 0 to 1.
  ///
  /// - Throws: ``DatasetError`` if the inputs are not such photos.
  public func batch(_ indices: [Int], changedBy changes: EpochChanges) throws -> Batch {
    try changes.apply(to: batch(indices), examples: indices)
  }
}

/// Some examples with their targets, ready for a training step.
public struct Batch: Sendable {
  /// The inputs, `[B, …]`; photos are `[B, 3, height, width]` with values from 0 to 1.
  public var inputs: Tensor<Float>
  /// The expected outputs: one-hot rows `[B, classes]`, class indices `[B]`, one column of 0 and 1 `[B, 1]`, or any
  /// other form that the loss accepts.
  public var targets: Tensor<Float>

  /// Makes a batch of inputs and targets with the same number of examples.
  public init(inputs: Tensor<Float>, targets: Tensor<Float>) {
    self.inputs = inputs
    self.targets = targets
  }

  /// The number of examples.
  public var count: Int { inputs.shape.first ?? 0 }
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
