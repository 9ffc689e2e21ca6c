import Tensor

/// Random changes to training photos that leave their class as it is. Each is drawn anew for every photo and epoch.
///
/// Ranges are symmetric: a shift of 0.1 means from -0.1 to 0.1. The default of each is no change. A photo is first moved,
/// then its colours are changed, then a part of it is erased. Moving is one step, so that pixels are interpolated once:
/// the photo is mirrored, cropped, sheared, zoomed, turned and shifted, and what comes from beyond its edge repeats the
/// edge.
public struct Augmentation: Hashable, Codable, Sendable {
  /// Whether every second photo, on average, is mirrored left to right.
  public var horizontalFlip: Bool
  /// Whether every second photo, on average, is mirrored top to bottom.
  public var verticalFlip: Bool
  /// The largest share of the area that is cut away, below 1: a box of a random area, of proportions between 3:4 and 4:3
  /// of the photo's and at a random place is brought to the full size (Szegedy et al., "Going deeper with convolutions",
  /// 2015). Its sides are cut to those of the photo.
  public var crop: Double
  /// The largest shift along each side, as a share of that side.
  public var shift: Double
  /// The largest rotation about the centre, in degrees.
  public var rotation: Double
  /// The largest change of size about the centre: 0.1 means from 0.9 to 1.1 times. Below 1.
  public var zoom: Double
  /// The largest angle between upright lines before and after, in degrees; lines from left to right stay as they are.
  public var shear: Double
  /// The largest change of brightness: 0.2 means values times 0.8 to 1.2.
  public var brightness: Double
  /// The largest change of contrast: 0.2 means distances from the photo's mean times 0.8 to 1.2.
  public var contrast: Double
  /// The largest change of saturation: 0.2 means distances from the gray of a pixel times 0.8 to 1.2.
  public var saturation: Double
  /// The largest turn of the hue, as a share of the colour circle, at most 0.5.
  public var hue: Double
  /// The share of the photos in which a rectangle is replaced by noise. It takes 2 to 33 % of the area, its proportions
  /// are between 3:10 and 33:10 (Zhong et al., "Random erasing data augmentation", 2017).
  public var erasing: Double

  /// Mild changes that suit photos of things: mirrored, shifted by a tenth, turned by 10 degrees, a tenth larger or
  /// smaller, a fifth brighter or darker, with a fifth more or less contrast.
  public static let standard = Augmentation(
    horizontalFlip: true, shift: 0.1, rotation: 10, zoom: 0.1, brightness: 0.2, contrast: 0.2)

  /// Makes an augmentation of its ranges. Stops at a negative range, a crop or zoom of 1 and more, a shear of 90 degrees
  /// and more, a hue above 0.5, and a share of erasing above 1.
  public init(
    horizontalFlip: Bool = false, verticalFlip: Bool = false, crop: Double = 0, shift: Double = 0,
    rotation: Double = 0, zoom: Double = 0, shear: Double = 0, brightness: Double = 0, contrast: Double = 0,
    saturation: Double = 0, hue: Double = 0, erasing: Double = 0
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
    require(isValid, "Augmentation: \(Self.expectation), found \(self)")
  }

  /// Reads an augmentation from a file.
  ///
  /// - Throws: `DecodingError` when a part is missing or out of range.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func number(_ key: CodingKeys) throws -> Double { try container.decode(Double.self, forKey: key) }
    horizontalFlip = try container.decode(Bool.self, forKey: .horizontalFlip)
    verticalFlip = try container.decode(Bool.self, forKey: .verticalFlip)
    (crop, shift, rotation) = (try number(.crop), try number(.shift), try number(.rotation))
    (zoom, shear, erasing) = (try number(.zoom), try number(.shear), try number(.erasing))
    (brightness, contrast) = (try number(.brightness), try number(.contrast))
    (saturation, hue) = (try number(.saturation), try number(.hue))
    guard isValid else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "Augmentation: \(Self.expectation), found \(self)"))
    }
  }

  private static let expectation =
    "expected ranges of at least 0, crop and zoom below 1, shear below 90, hue at most 0.5 and erasing at most 1"

  private var isValid: Bool {
    let ranges = [crop, shift, rotation, zoom, shear, brightness, contrast, saturation, hue, erasing]
    return ranges.allSatisfy { $0 >= 0 && $0.isFinite } && crop < 1 && zoom < 1 && shear < 90 && hue <= 0.5
      && erasing <= 1
  }
}
