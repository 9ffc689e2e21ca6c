import Tensor

/// Some random operations on each photo, all with the same magnitude (Cubuk et al. 2020, "RandAugment: practical automated
/// data augmentation with a reduced search space").
///
/// The list of operations and their magnitudes are those of torchvision: nothing, shear, shift and rotation (pixels of the
/// nearest place, black outside), brightness, colour, contrast, sharpness, fewer bits, inverted bright pixels, stretched and
/// equalized histograms. Each operation is drawn from the list with the same probability, and its direction at random. All
/// work on bytes and give the bytes that Pillow gives.
///
/// ```swift
/// let augmentation = Augmentation(horizontalFlip: true, crop: 0.5, randAugment: RandAugment(magnitude: 9))
/// ```
public struct RandAugment: Hashable, Codable, Sendable {
  /// The number of operations one after the other, N in the paper, from 1 to 14.
  public var operations: Int
  /// How strong they are, M in the paper, from 0 to 30.
  public var magnitude: Int

  /// Makes the settings. Stops the program if a number is out of range.
  public init(operations: Int = 2, magnitude: Int = 9) {
    (self.operations, self.magnitude) = (operations, magnitude)
    require(isValid, "RandAugment: \(Self.expectation), found \(operations) and \(magnitude)")
  }

  static let expectation = "1 to 14 operations with a magnitude from 0 to 30 are needed"
  var isValid: Bool { (1...14).contains(operations) && (0...30).contains(magnitude) }

  /// The operations for a photo.
  func draw(height: Int, width: Int, using generator: inout RandomGenerator) -> [PhotoOperation] {
    let choices = PhotoOperation.Kind.allCases
    return (0..<operations).map { _ in
      let kind = choices[generator.integer(below: choices.count)]
      let isNegative = generator.uniform() < 0.5
      return PhotoOperation(kind, magnitude: magnitude, isNegative: isNegative, height: height, width: width)
    }
  }
}
