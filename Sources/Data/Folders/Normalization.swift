import Tensor

/// The mean and the standard deviation of each channel over the photos a model was trained on, after scaling.
///
/// A pretrained model expects the values of its training data: ``imageNet`` for most models.
public struct Normalization: Hashable, Codable, Sendable {
  /// What is subtracted from red, green and blue.
  public let mean: [Float]
  /// What red, green and blue are divided by after that.
  public let deviation: [Float]

  /// The numbers of ImageNet for inputs from 0 to 1, as torchvision's models expect them.
  public static let imageNet = Normalization(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

  /// Makes a normalization. Stops unless there are three numbers of both kinds, and the deviations are above 0.
  public init(mean: [Float], deviation: [Float]) {
    self.mean = mean
    self.deviation = deviation
    require(isValid, "Normalization: mean \(mean) and deviation \(deviation), expected three numbers of both, above 0")
  }

  /// Reads a normalization from a file.
  ///
  /// - Throws: `DecodingError` unless there are three numbers of both kinds, and the deviations are above 0.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    mean = try container.decode([Float].self, forKey: .mean)
    deviation = try container.decode([Float].self, forKey: .deviation)
    guard isValid else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "mean \(mean) and deviation \(deviation) normalize no colours"))
    }
  }

  private var isValid: Bool {
    mean.count == 3 && deviation.count == 3 && mean.allSatisfy(\.isFinite)
      && deviation.allSatisfy { $0 > 0 && $0.isFinite }
  }
}
