import CPictures

/// Decodes a JPEG XL; of an animation, the first frame.
func decodeJPEGXL(_ bytes: [UInt8], _ settings: DecodingSettings) throws(ImageRefusal) -> StoredImage {
  try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
    let file = try JPEGXLFile(bytes, events: [.profile, .image])
    try settings.limits.check(width: file.size.width, height: file.size.height)
    return try file.decode(profile: settings.profiles == .converting)
  }
}

/// An open JPEG XL.
struct JPEGXLFile: ~Copyable {
  /// What libjxl tells, by the numbers of `JxlDecoderStatus` in its decode.h.
  enum Event: Int32 {
    case done = 0
    case error = 1
    case needsInput = 2
    case needsOutput = 5
    case info = 0x40
    case profile = 0x100
    case image = 0x1000
  }

  /// Samples for masks, depth and the like, beside colours and opacity. libjxl decodes each of them.
  private static let mostFurtherChannels = 4

  private let library: JPEGXLLibrary
  private let decoder: OpaquePointer?
  let info: kilim_jxl_info
  /// Of the picture as it is shown; libjxl turns it.
  let size: ImageSize

  /// Reads the header. `bytes` must stay where they are as long as the file is open.
  init(_ bytes: UnsafeBufferPointer<UInt8>, events: [Event] = []) throws(ImageRefusal) {
    let library = try JPEGXLLibrary.shared.get()
    let decoder = library.make(nil)
    var info = kilim_jxl_info()
    let wanted = events.reduce(Event.info.rawValue) { $0 | $1.rawValue }
    guard library.subscribe(decoder, wanted) == 0, library.setInput(decoder, bytes.baseAddress, bytes.count) == 0,
      library.process(decoder) == Event.info.rawValue, library.info(decoder, &info) == 0, info.xsize > 0, info.ysize > 0
    else {
      library.free(decoder)
      throw ImageRefusal(found: "an unusable JPEG XL: the header makes no sense")
    }
    library.closeInput(decoder)
    (self.library, self.decoder, self.info) = (library, decoder, info)
    size = ImageSize(height: Int(info.ysize), width: Int(info.xsize))
  }

  deinit {
    library.free(decoder)
  }

  var hasOpacity: Bool { info.alpha_bits > 0 }

  func decode(profile wantsProfile: Bool) throws(ImageRefusal) -> StoredImage {
    guard info.num_extra_channels <= Self.mostFurtherChannels else {
      throw ImageRefusal(
        found: "a JPEG XL with \(info.num_extra_channels) channels beside the colours",
        expected: "at most \(Self.mostFurtherChannels)")
    }
    let channels = hasOpacity ? 4 : 3
    var outcome = Result<Outcome, ImageRefusal>.success(Outcome())
    let samples = [UInt8](unsafeUninitializedCapacity: channels * size.height * size.width) { target, initialized in
      // What a file that is cut off leaves out is transparent or black.
      target.initialize(repeating: 0)
      initialized = target.count
      outcome = Result { () throws(ImageRefusal) in
        try read(into: target, channels: channels, profile: wantsProfile)
      }
    }
    let (damage, profile) = try (outcome.get().damage, outcome.get().profile)
    let opacity: StoredImage.Kind = info.alpha_premultiplied != 0 ? .premultipliedRGBA : .rgba
    return StoredImage(
      size: size, samples: samples, kind: channels == 3 ? .rgb : opacity, damage: damage, profile: profile)
  }

  private struct Outcome {
    var damage: ImageRefusal?
    var profile: [UInt8]?
  }

  private func read(
    into target: UnsafeMutableBufferPointer<UInt8>, channels: Int, profile wantsProfile: Bool
  ) throws(ImageRefusal) -> Outcome {
    // Bytes (`JXL_TYPE_UINT8`) in the order of the machine, rows without gaps.
    var format = kilim_jxl_format(num_channels: UInt32(channels), data_type: 2, endianness: 0, align: 0)
    var outcome = Outcome()
    while true {
      switch Event(rawValue: library.process(decoder)) {
      case .profile:
        let areSRGB = try chooseColours()
        if wantsProfile, !areSRGB { outcome.profile = library.profile(decoder, .decodedPixels) }
      case .needsOutput:
        var count = 0
        guard library.outputSize(decoder, &format, &count) == 0, count == target.count,
          library.setOutput(decoder, &format, target.baseAddress, count) == 0
        else { throw ImageRefusal(found: "an unusable JPEG XL: a picture of another size") }
      case .image:
        return outcome
      case .needsInput:
        guard library.flush(decoder) == 0 else {
          throw ImageRefusal(found: "an unusable JPEG XL: premature end of file")
        }
        outcome.damage = ImageRefusal(
          found: "a damaged JPEG XL: premature end of file", expected: "a JPEG XL with all its data")
        return outcome
      default:
        throw ImageRefusal(found: "an unusable JPEG XL: the data make no sense")
      }
    }
  }

  /// Asks for sRGB where libjxl would give linear light. A lossy picture is stored in colours of its own (XYB), which libjxl
  /// converts to those of the original only if their profile has a short name, such as Display P3.
  ///
  /// - Returns: whether the pixels are sRGB now, whatever the profile of the original says.
  private func chooseColours() throws(ImageRefusal) -> Bool {
    guard info.uses_original_profile == 0,
      library.profile(decoder, .decodedPixels) != library.profile(decoder, .original)
    else { return false }
    // The numbers of `JxlColorSpace`, `JxlWhitePoint`, `JxlPrimaries`, `JxlTransferFunction` and `JxlRenderingIntent`.
    var sRGB = kilim_jxl_colours()
    sRGB.color_space = info.num_color_channels == 1 ? 1 : 0
    (sRGB.white_point, sRGB.primaries, sRGB.transfer_function, sRGB.rendering_intent) = (1, 1, 13, 1)
    guard library.setColours(decoder, &sRGB) == 0 else {
      throw ImageRefusal(found: "a JPEG XL in colours that cannot be converted to sRGB")
    }
    return true
  }
}
