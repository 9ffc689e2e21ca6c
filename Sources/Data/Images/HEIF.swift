import CPictures

/// Decodes the primary picture of a HEIC or an AVIF.
func decodeHEIF(
  _ bytes: [UInt8], _ format: ImageFormat, _ settings: DecodingSettings
) throws(ImageRefusal) -> StoredImage {
  try checkCodedSizes(bytes, format, settings.limits)
  return try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
    try HEIFFile(bytes, format).decode(settings)
  }
}

/// An open HEIC or AVIF, and its primary picture.
struct HEIFFile: ~Copyable {
  // `heif_colorspace_RGB`, `heif_chroma_interleaved_RGB` and `…_RGBA`, `heif_channel_interleaved` of libheif's heif.h.
  private static let (rgbColours, threeChannels, fourChannels, interleaved): (Int32, Int32, Int32, Int32) = (
    1, 10, 11, 10
  )

  private let library: HEIFLibrary
  private let format: ImageFormat
  private let context: HEIFContext
  private let handle: HEIFHandle
  /// Of the picture as it is shown.
  let size: ImageSize

  /// Reads the header. `bytes` must stay where they are as long as the file is open.
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ format: ImageFormat) throws(ImageRefusal) {
    let library = try HEIFLibrary.shared.get()
    let context = HEIFContext(library)
    // Photos are decoded on all threads already.
    library.limitThreads(context.pointer, 0)
    try check(library.read(context.pointer, bytes.baseAddress, bytes.count, nil), format)
    let handle = try HEIFHandle(library, context, format)
    let (width, height) = (Int(library.handleWidth(handle.pointer)), Int(library.handleHeight(handle.pointer)))
    guard width > 0, height > 0 else { throw ImageRefusal(found: "an unusable \(format): without a header") }
    self.library = library
    self.format = format
    self.context = context
    self.handle = handle
    size = ImageSize(height: height, width: width)
  }

  var hasOpacity: Bool { library.hasOpacity(handle.pointer) != 0 }
  var bitDepth: Int { Int(library.bits(handle.pointer)) }

  func decode(_ settings: DecodingSettings) throws(ImageRefusal) -> StoredImage {
    try settings.limits.check(width: size.width, height: size.height)
    // The parts of a picture are no larger than the whole.
    library.limitSides(context.pointer, Int32(clamping: max(size.width, size.height) + 128))
    if let limits = library.limits?(context.pointer) {
      limits.pointee.max_image_size_pixels = UInt64(settings.limits.pixels)
    }
    let channels = hasOpacity ? 4 : 3
    let image = try HEIFImage(
      library, handle, colours: Self.rgbColours, chroma: channels == 4 ? Self.fourChannels : Self.threeChannels, format)
    let (width, height) = (
      Int(library.width(image.pointer, Self.interleaved)), Int(library.height(image.pointer, Self.interleaved))
    )
    var stride: Int32 = 0
    guard width > 0, height > 0, let plane = library.plane(image.pointer, Self.interleaved, &stride),
      Int(stride) >= channels * width
    else { throw ImageRefusal(found: "an unusable \(format): without pixels") }
    try settings.limits.check(width: width, height: height)
    let line = channels * width
    let samples = [UInt8](unsafeUninitializedCapacity: line * height) { target, initialized in
      for row in 0..<height {
        let source = UnsafeBufferPointer(start: plane + row * Int(stride), count: line)
        _ = target[(row * line)...].initialize(fromContentsOf: source)
      }
      initialized = target.count
    }
    let opacity: StoredImage.Kind = library.isPremultiplied(handle.pointer) != 0 ? .premultipliedRGBA : .rgba
    return StoredImage(
      size: ImageSize(height: height, width: width), samples: samples, kind: channels == 4 ? opacity : .rgb,
      profile: settings.profiles == .converting ? profile : nil)
  }

  private var profile: [UInt8]? {
    let count = library.profileSize(handle.pointer)
    guard (1...ColourProfile.largest).contains(count) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    return library.profile(handle.pointer, &bytes).code == 0 ? bytes : nil
  }
}

private func check(_ status: kilim_heif_error, _ format: ImageFormat) throws(ImageRefusal) {
  guard status.code != 0 else { return }
  let message = status.message.map { String(cString: $0) } ?? "code \(status.code)"
  throw ImageRefusal(found: "an unusable \(format): \(message)")
}

private struct HEIFContext: ~Copyable {
  private let library: HEIFLibrary
  let pointer: OpaquePointer?

  init(_ library: HEIFLibrary) {
    (self.library, pointer) = (library, library.makeContext())
  }

  deinit { library.freeContext(pointer) }
}

private struct HEIFHandle: ~Copyable {
  private let library: HEIFLibrary
  let pointer: OpaquePointer?

  init(_ library: HEIFLibrary, _ context: borrowing HEIFContext, _ format: ImageFormat) throws(ImageRefusal) {
    var pointer: OpaquePointer?
    try check(library.primary(context.pointer, &pointer), format)
    (self.library, self.pointer) = (library, pointer)
  }

  deinit { library.freeHandle(pointer) }
}

private struct HEIFImage: ~Copyable {
  private let library: HEIFLibrary
  let pointer: OpaquePointer?

  init(
    _ library: HEIFLibrary, _ handle: borrowing HEIFHandle, colours: Int32, chroma: Int32, _ format: ImageFormat
  ) throws(ImageRefusal) {
    var pointer: OpaquePointer?
    try check(library.decode(handle.pointer, &pointer, colours, chroma, nil), format)
    (self.library, self.pointer) = (library, pointer)
  }

  deinit { library.freeImage(pointer) }
}
