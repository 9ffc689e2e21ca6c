import Serialization
import Tensor

/// An ICC profile: which colours the numbers of a picture stand for.
struct ColourProfile: ~Copyable {
  /// The largest profile to use, in bytes. Those of printing presses have about one megabyte.
  static let largest = 4 << 20

  /// The colour spaces of profiles that belong to pictures, by their signatures in the header (ICC.1:2022, table 19).
  enum Space: UInt32 {
    case rgb = 0x5247_4220
    case gray = 0x4752_4159
    case cmyk = 0x434D_594B
    case lab = 0x4C61_6220
  }

  /// How samples lie in memory: the numbers of Little CMS (`TYPE_RGB_8` and so on in lcms2.h).
  enum Layout: UInt32 {
    case gray = 0x3_0009
    case rgb = 0x4_0019
    case rgba = 0x4_0099
    case invertedCMYK = 0x6_2021
    /// With 128 for an a or b of 0.
    case lab = 0x1E_0019
  }

  /// How many pixels are converted at a time.
  private static let part = 1 << 20
  /// `INTENT_RELATIVE_COLORIMETRIC`. For the matrices of photos it is the same as the perceptual one; for tables, versions of
  /// Little CMS differ in the other.
  private static let relativeColorimetric: UInt32 = 1
  private static let copiesOpacity: UInt32 = 0x0400_0000

  private let library: ColourLibrary
  private let context: OpaquePointer?
  private let profile: OpaquePointer
  let space: Space

  /// Reads a profile; `nil` if it is damaged or of another colour space.
  ///
  /// - Throws: ``ImageRefusal`` if the library that reads it is missing.
  init?(_ bytes: [UInt8]) throws(ImageRefusal) {
    let library = try ColourLibrary.shared.get()
    let context = library.makeContext(nil, nil)
    library.logErrors(context, { _, _, _ in })
    guard let profile = library.open(context, bytes, UInt32(bytes.count)) else {
      library.freeContext(context)
      return nil
    }
    guard let space = Space(rawValue: library.colourSpace(profile)), space != .lab else {
      _ = library.close(profile)
      library.freeContext(context)
      return nil
    }
    (self.library, self.context, self.profile, self.space) = (library, context, profile, space)
  }

  /// The profile of CIE Lab, with the white of printing, D50.
  ///
  /// - Throws: ``ImageRefusal`` if the library that makes it is missing.
  private init(lab library: ColourLibrary) throws(ImageRefusal) {
    let context = library.makeContext(nil, nil)
    guard let profile = library.makeLab(context, nil) else {
      library.freeContext(context)
      throw ImageRefusal(found: "an image in Lab colours that cannot be converted")
    }
    (self.library, self.context, self.profile, space) = (library, context, profile, .lab)
  }

  /// Converts Lab colours to sRGB.
  ///
  /// - Throws: ``ImageRefusal`` if the library that converts them is missing.
  static func convert(lab samples: [UInt8]) throws(ImageRefusal) -> [UInt8] {
    let lab = try ColourProfile(lab: ColourLibrary.shared.get())
    guard let converted = lab.convert(samples, from: .lab) else {
      throw ImageRefusal(found: "an image in Lab colours that cannot be converted")
    }
    return converted
  }

  deinit {
    _ = library.close(profile)
    library.freeContext(context)
  }

  /// Converts samples to sRGB, white to white and each other colour to the same or the nearest one.
  ///
  /// - Returns: RGB, or RGBA if `source` is that; `nil` if the profile cannot be used.
  func convert(_ samples: [UInt8], from source: Layout) -> [UInt8]? {
    guard let target = library.makeSRGB(context) else { return nil }
    defer { _ = library.close(target) }
    let format = source == .rgba ? Layout.rgba : .rgb
    let flags = source == .rgba ? Self.copiesOpacity : 0
    guard
      let transform = library.makeTransform(
        context, profile, source.rawValue, target, format.rawValue, Self.relativeColorimetric, flags)
    else { return nil }
    defer { library.freeTransform(transform) }
    let count = samples.count / source.channels
    return [UInt8](unsafeUninitializedCapacity: count * format.channels) { converted, initialized in
      converted.initialize(repeating: 0)
      initialized = converted.count
      samples.withUnsafeBufferPointer { samples in
        for first in stride(from: 0, to: count, by: Self.part) {
          let pixels = min(Self.part, count - first)
          library.transform(
            transform, samples.baseAddress! + first * source.channels, converted.baseAddress! + first * format.channels,
            UInt32(pixels))
        }
      }
    }
  }

  /// Whether the profile is that of sRGB, under whatever name: no colour changes by more than 1 of 255.
  var isSRGB: Bool {
    guard space == .rgb else { return false }
    let steps = stride(from: UInt8(0), through: 255, by: 15)
    let colours = steps.flatMap { red in steps.flatMap { green in steps.flatMap { [red, green, $0] } } }
    guard let converted = convert(colours, from: .rgb) else { return false }
    return zip(colours, converted).allSatisfy { abs(Int($0) - Int($1)) <= 1 }
  }
}

extension ColourProfile {
  /// What is known of profiles by their checksums. The photos of a data set have few different ones.
  private static let known = Lock<[UInt64: Space?]>([:])
  private static let mostKnown = 256

  /// The colour space of a profile that changes colours; `nil` for that of sRGB, and one that is damaged or of another space.
  ///
  /// - Throws: ``ImageRefusal`` if the library that reads profiles is missing.
  static func space(of bytes: [UInt8]) throws(ImageRefusal) -> Space? {
    let checksum = bytes.withUnsafeBytes { xxh64($0) }
    if let space = known.withLock({ $0[checksum] }) { return space }
    var space: Space?
    if let profile = try ColourProfile(bytes), !profile.isSRGB { space = profile.space }
    known.withLock { [space] known in
      if known.count >= mostKnown { known.removeAll() }
      known[checksum] = .some(space)
    }
    return space
  }
}

extension ColourProfile.Layout {
  /// Bytes of a pixel.
  var channels: Int {
    switch self {
    case .gray: 1
    case .rgb, .lab: 3
    case .rgba, .invertedCMYK: 4
    }
  }
}

extension StoredImage {
  /// Converts the colours to sRGB. A profile that is damaged, or belongs to other samples than these, changes nothing.
  ///
  /// - Throws: ``ImageRefusal`` if the library that converts them is missing.
  mutating func convertToSRGB(_ bytes: [UInt8]) throws(ImageRefusal) {
    guard try ColourProfile.space(of: bytes) != nil, let profile = try ColourProfile(bytes) else { return }
    if kind == .premultipliedRGBA {
      divideByOpacity(&samples)
      kind = .rgba
    }
    let channels = kind == .rgb ? 3 : 4
    switch (profile.space, kind) {
    case (.rgb, .rgb): samples = profile.convert(samples, from: .rgb) ?? samples
    case (.rgb, .rgba): samples = profile.convert(samples, from: .rgba) ?? samples
    case (.cmyk, .invertedCMYK):
      guard let converted = profile.convert(samples, from: .invertedCMYK) else { return }
      (samples, kind) = (converted, .rgb)
    case (.gray, .rgb), (.gray, .rgba):
      guard let gray = samples.grayOfPixels(channels), let converted = profile.convert(gray, from: .gray) else {
        return
      }
      for pixel in 0..<gray.count {
        for channel in 0..<3 { samples[channels * pixel + channel] = converted[3 * pixel + channel] }
      }
    default: break
    }
  }
}

extension [UInt8] {
  /// One value for each pixel; `nil` unless red, green and blue of all are the same.
  fileprivate func grayOfPixels(_ channels: Int) -> [UInt8]? {
    var gray: [UInt8] = []
    gray.reserveCapacity(count / channels)
    for pixel in stride(from: 0, to: count, by: channels) {
      guard self[pixel] == self[pixel + 1], self[pixel] == self[pixel + 2] else { return nil }
      gray.append(self[pixel])
    }
    return gray
  }
}
