import Tensor

/// The predicted and the expected class of each example, read from any form of targets that the library makes.
///
/// One example has exactly one class. With outputs `[N, C]` the targets may be
/// - one-hot rows or distributions `[N, C]`, whose rows sum to 1,
/// - class indices `[N]` or `[N, 1]`.
///
/// With one output `[N, 1]` or `[N]` the targets are `[N, 1]` or `[N]`, from 0 to 1. Images `[N, C, H, W]` have a class at
/// each pixel: targets `[N, C, H, W]`, or indices `[N, H, W]` or `[N, 1, H, W]`. Sequences `[N, T, C]` have one at each step,
/// volumes `[N, D, C, H, W]` one at each voxel.
public struct ClassReading: Sendable {
  /// The class of the largest output, the first on ties. An output that is NaN counts as the largest, as in NumPy, and
  /// as class 0 where there is only one output. So a row of NaN is read as class 0, as in Keras.
  public let predicted: [Int]
  /// The expected class; `nil` for an index that no output stands for, NaN included.
  public let expected: [Int?]
  /// The number of classes; 2 for a single output.
  public let classCount: Int

  /// Reads a batch.
  ///
  /// - Parameters:
  ///   - predicted: the outputs of the model, `[N, C, …]` or `[N]`.
  ///   - expected: the targets.
  ///   - threshold: a single output above it means class 1: ½ for probabilities, 0 for logits.
  /// - Throws: ``TargetError`` when the targets have another shape, or an example has several classes or none.
  public init(predicted: Tensor<Float>, expected: Tensor<Float>, threshold: Float = 0.5) throws(TargetError) {
    let form = try TargetForm(outputs: predicted.shape, targets: expected.shape)
    self.expected = try form.classes(of: expected.withClassesSecond(outputs: predicted.shape))
    classCount = form.classCount
    if form == .singleOutput {
      self.predicted = predicted.scalars.map { $0 > threshold ? 1 : 0 }
    } else {
      self.predicted =
        predicted.count == 0 ? [] : predicted.argmax(axis: channelAxis(of: predicted.shape)).scalars.map { Int($0) }
    }
  }

  /// The expected classes alone, as in ``expected``.
  ///
  /// - Parameters:
  ///   - targets: the targets.
  ///   - outputs: the shape of the model's outputs, `[N, C, …]` or `[N]`.
  /// - Throws: ``TargetError`` when the targets have another shape, or an example has several classes or none.
  public static func expected(_ targets: Tensor<Float>, outputs: Shape) throws(TargetError) -> [Int?] {
    try TargetForm(outputs: outputs, targets: targets.shape).classes(of: targets.withClassesSecond(outputs: outputs))
  }
}

extension Shape {
  /// The number of classes of outputs `[N, C, …]`, of sequences `[N, T, C]`; 1 for outputs `[N]`.
  package var classCount: Int { rank > 1 ? self[channelAxis(of: self)] : 1 }
}

/// How targets name a class.
enum TargetForm: Equatable {
  /// Numbers from 0 to 1 for one output.
  case singleOutput
  /// A share of each class along axis 1: N images, C classes, so many positions.
  case rows(images: Int, classes: Int, positions: Int)
  /// Whole numbers, one at each position.
  case indices(classes: Int, positions: Int)

  /// - Throws: ``TargetError`` for targets that do not belong to the outputs.
  init(outputs: Shape, targets: Shape) throws(TargetError) {
    let (given, found) = (outputs, targets)
    let outputs = given.withClassesSecond
    let targets = given.rank == found.rank ? found.withClassesSecond : found
    let classes = given.classCount
    let withoutClasses = outputs.rank > 1 ? Shape([outputs[0]] + outputs.dropFirst(2)) : outputs
    let withOneClass = Shape(withoutClasses.prefix(1) + [1] + withoutClasses.dropFirst())
    let namesIndices = targets == withoutClasses || targets == withOneClass
    if classes == 1, outputs.rank > 0, namesIndices {
      self = .singleOutput
    } else if classes > 1, targets == outputs {
      self = .rows(images: outputs[0], classes: classes, positions: outputs.dropFirst(2).reduce(1, *))
    } else if classes > 1, namesIndices {
      self = .indices(classes: classes, positions: outputs.dropFirst(2).reduce(1, *))
    } else {
      let forms =
        classes == 1
        ? "\(withOneClass.withClassesInPlace) or \(withoutClasses)" : "\(given), or class indices \(withoutClasses)"
      throw TargetError(
        predicted: given, expected: found, reason: "targets \(forms) are needed")
    }
  }

  var classCount: Int {
    switch self {
    case .singleOutput: 2
    case .rows(_, let classes, _), .indices(let classes, _): classes
    }
  }

  func classes(of targets: Tensor<Float>) throws(TargetError) -> [Int?] {
    let values = targets.scalars
    switch self {
    case .indices(let classes, _):
      return values.map { value in Int(exactly: value).flatMap { (0..<classes).contains($0) ? $0 : nil } }
    case .singleOutput:
      if let wrong = values.first(where: { $0 < 0 || $0 > 1 }) {
        throw TargetError(targets: targets.shape, reason: "found \(wrong), one output needs targets from 0 to 1")
      }
      return values.map { $0.isNaN ? nil : $0 > 0.5 ? 1 : 0 }
    case .rows(let images, let classes, let positions):
      var result: [Int?] = []
      result.reserveCapacity(images * positions)
      for image in 0..<images {
        for position in 0..<positions {
          let start = image * classes * positions + position
          var (best, sum) = (0, Float(0))
          for index in 0..<classes {
            let value = values[start + index * positions]
            if value > values[start + best * positions] { best = index }
            sum += value
          }
          // Shares such as 1/3 sum to 1 up to rounding.
          guard abs(sum - 1) <= 1e-3 else {
            throw TargetError(
              targets: targets.shape,
              reason: "the targets of example \(image) sum to \(sum), they must sum to 1: exactly one class is right. "
                + "BinaryAccuracy measures targets with several classes")
          }
          result.append(best)
        }
      }
      return result
    }
  }
}
