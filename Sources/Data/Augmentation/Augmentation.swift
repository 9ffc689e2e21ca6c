import Tensor

/// Random changes to training photos that do not change their class. Every photo gets new changes in every epoch.
///
/// Ranges are symmetric: a shift of 0.1 means from -0.1 to 0.1. By default nothing is changed. First come the operations of
/// ``RandAugment``, if they are asked for. Then a photo is moved, then its colours are changed, then a part of it is
/// erased. Moving means: mirror, crop, shear, zoom, rotate and shift. All of it is one step, so that pixels are
/// interpolated only once. Where the moved photo does not cover the result, the pixels of its edge are repeated.
public struct Augmentation: Hashable, Codable, Sendable {
  /// Whether every second photo, on average, is mirrored left to right.
  public var horizontalFlip: Bool
  /// Whether every second photo, on average, is mirrored top to bottom.
  public var verticalFlip: Bool
  /// The largest share of the area that is cropped away, below 1. A rectangle with a random area, a random position,
  /// and proportions between 3:4 and 4:3 of those of the photo is resized to the full size (Szegedy et al., "Going
  /// deeper with convolutions", 2015). Its sides are never longer than those of the photo.
  public var crop: Double
  /// The largest shift along each side, as a share of that side.
  public var shift: Double
  /// The largest rotation about the centre, in degrees.
  public var rotation: Double
  /// The largest change of size about the centre: 0.1 means from 0.9 to 1.1 times. Below 1.
  public var zoom: Double
  /// The largest shear, in degrees: the angle by which vertical lines lean. Horizontal lines stay horizontal.
  public var shear: Double
  /// The largest change of brightness: with 0.2, values are multiplied by 0.8 to 1.2.
  public var brightness: Double
  /// The largest change of contrast: with 0.2, the distances from the photo's mean are multiplied by 0.8 to 1.2.
  public var contrast: Double
  /// The largest change of saturation: with 0.2, the distances from the gray value of a pixel are multiplied by 0.8 to
  /// 1.2.
  public var saturation: Double
  /// The largest change of hue, as a share of the colour circle, at most 0.5.
  public var hue: Double
  /// The share of the photos in which a rectangle is replaced by noise. The rectangle has 2 to 33 % of the area and
  /// proportions between 3:10 and 33:10 (Zhong et al., "Random erasing data augmentation", 2017).
  public var erasing: Double
  /// Some random operations on the bytes of a photo, before all other changes; `nil` for none.
  public var randAugment: RandAugment?

  /// Mild changes that suit photos of objects: mirrored, shifted by up to 10 %, rotated by up to 10 degrees, up to 10 %
  /// larger or smaller, up to 20 % brighter or darker, up to 20 % more or less contrast.
  public static let standard = Augmentation(
    horizontalFlip: true, shift: 0.1, rotation: 10, zoom: 0.1, brightness: 0.2, contrast: 0.2)

  /// Makes an augmentation with the given ranges. Stops the program if a range is negative, crop or zoom is 1 or more,
  /// the shear is 90 degrees or more, the hue is above 0.5, or the share of erasing is above 1.
  public init(
    horizontalFlip: Bool = false, verticalFlip: Bool = false, crop: Double = 0, shift: Double = 0,
    rotation: Double = 0, zoom: Double = 0, shear: Double = 0, brightness: Double = 0, contrast: Double = 0,
    saturation: Double = 0, hue: Double = 0, erasing: Double = 0, randAugment: RandAugment? = nil
  ) {
    self.horizontalFlip = horizontalFlip
    self.verticalFlip = verticalFlip
    self.crop = crop
    self.shift = shift
    self.rotation = rotation
    self.zoom = zoom
    self.shear = shear
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
    self.erasing = erasing
    self.randAugment = randAugment
    require(isValid, "Augmentation: \(Self.expectation), found \(self)")
  }

  /// Reads an augmentation from a file.
  ///
  /// - Throws: `DecodingError` when a part is missing or out of range. An earlier version wrote no `randAugment`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func number(_ key: CodingKeys) throws -> Double { try container.decode(Double.self, forKey: key) }
    horizontalFlip = try container.decode(Bool.self, forKey: .horizontalFlip)
    verticalFlip = try container.decode(Bool.self, forKey: .verticalFlip)
    (crop, shift, rotation) = (try number(.crop), try number(.shift), try number(.rotation))
    (zoom, shear, erasing) = (try number(.zoom), try number(.shear), try number(.erasing))
    (brightness, contrast) = (try number(.brightness), try number(.contrast))
    (saturation, hue) = (try number(.saturation), try number(.hue))
    randAugment = try container.decodeIfPresent(RandAugment.self, forKey: .randAugment)
    guard isValid else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "Augmentation: \(Self.expectation), found \(self)"))
    }
  }

  private static let expectation =
    "expected ranges of at least 0, crop and zoom below 1, shear below 90, hue at most 0.5, erasing at most 1, and 1 to 14 "
    + "operations of RandAugment with a magnitude of at most 30"

  private var isValid: Bool {
    let ranges = [crop, shift, rotation, zoom, shear, brightness, contrast, saturation, hue, erasing]
    return ranges.allSatisfy { $0 >= 0 && $0.isFinite } && crop < 1 && zoom < 1 && shear < 90 && hue <= 0.5
      && erasing <= 1 && randAugment?.isValid != false
  }
}
