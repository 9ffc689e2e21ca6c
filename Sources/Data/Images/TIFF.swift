import CPictures
import Glibc
import Tensor

/// Decodes the first picture of a TIFF.
func decodeTIFF(_ bytes: [UInt8], _ settings: DecodingSettings) throws(ImageRefusal) -> StoredImage {
  let size = try withTIFF(bytes, memory: bytes.count) { file throws(ImageRefusal) in
    let header = try file.header()
    try file.checkReadable()
    return header.size
  }
  try settings.limits.check(width: size.width, height: size.height)
  // A strip of 16-bit samples with opacity has 8 bytes for each pixel, and twice as many while it is converted.
  let memory = min(saturatingProduct(16, size.width * size.height), 1 << 48) + bytes.count
  return try withTIFF(bytes, memory: memory) { file throws(ImageRefusal) in
    try file.decode(profile: settings.profiles == .converting)
  }
}

/// What the first directory of a TIFF says.
struct TIFFHeader {
  let size: ImageSize
  let photometric: Int
  let bitDepth: Int
  let samples: Int
  /// The meaning of the first sample behind the colours: 0 for none that is known, 1 for opacity that the colours are
  /// multiplied by, 2 for opacity.
  let extra: Int?
  let orientation: Orientation
  /// Whether each sample has rows of its own, instead of standing beside the others of its pixel.
  let isPlanar: Bool

  /// The meaning of the samples.
  var colours: ImageHeader.ColourModel {
    switch photometric {
    case 0, 1: hasOpacity ? .grayAlpha : .gray
    case 3: .palette
    case 5: .cmyk
    default: hasOpacity ? .rgba : .rgb
    }
  }

  /// Whether the samples are CIE Lab, one byte each.
  var isPlainLab: Bool { photometric == 8 && bitDepth == 8 && samples == 3 }

  var hasOpacity: Bool { extra == 1 || extra == 2 }

  /// Which sample is an opacity that libtiff passes over, and the name of the samples before it.
  var overlookedOpacity: (sample: Int, behind: String)? {
    switch colours {
    case .palette where hasOpacity: (1, "a palette")
    case .cmyk where hasOpacity: (4, "inks")
    case .grayAlpha where bitDepth == 16 && !isPlanar: (1, "16-bit gray")
    default: nil
    }
  }

  /// What libtiff makes of the samples. It multiplies colours by their opacity, but not gray samples beside it.
  var decodedKind: StoredImage.Kind {
    extra == 2 && (overlookedOpacity != nil || colours == .grayAlpha && !isPlanar) ? .rgba : .premultipliedRGBA
  }
}

/// Opens a TIFF. libtiff takes at most `memory` bytes at once, and a megabyte.
func withTIFF<Value>(
  _ bytes: [UInt8], memory: Int, _ body: (borrowing TIFFFile) throws(ImageRefusal) -> Value
) throws(ImageRefusal) -> Value {
  let library = try TIFFLibrary.shared.get()
  return try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
    var source = TIFFSource(bytes: UnsafeRawBufferPointer(bytes))
    return try withUnsafeMutablePointer(to: &source) { source throws(ImageRefusal) in
      try body(TIFFFile(library, source, memory: memory + 1 << 20))
    }
  }
}

/// Where libtiff reads.
private struct TIFFSource {
  let bytes: UnsafeRawBufferPointer
  var position = 0
}

/// An open TIFF.
struct TIFFFile: ~Copyable {
  let library: TIFFLibrary
  let file: UnsafeMutableRawPointer
  /// Where libtiff writes its first error.
  private let note: UnsafeMutablePointer<kilim_tiff_message>

  fileprivate init(
    _ library: TIFFLibrary, _ source: UnsafeMutablePointer<TIFFSource>, memory: Int
  ) throws(ImageRefusal) {
    let note = UnsafeMutablePointer<kilim_tiff_message>.allocate(capacity: 1)
    note.initialize(to: kilim_tiff_message())
    let options = library.makeOptions()
    defer { library.freeOptions(options) }
    library.limitMemory(options, memory)
    library.handleErrors(options, kilim_tiff_error_handler(), note)
    library.handleWarnings(options, kilim_tiff_warning_handler(), nil)
    // `m`: the file is not mapped; `O`: the places of all strips are not needed to read the header.
    let opened = library.open(
      "TIFF", "rmO", source,
      { source, target, count in
        guard let source = source?.assumingMemoryBound(to: TIFFSource.self), let target, count > 0 else { return 0 }
        let part = source.pointee.bytes[min(source.pointee.position, source.pointee.bytes.count)...].prefix(count)
        UnsafeMutableRawBufferPointer(start: target, count: part.count).copyBytes(from: part)
        source.pointee.position += part.count
        return part.count
      }, { _, _, _ in 0 },
      { source, offset, origin in
        guard let source = source?.assumingMemoryBound(to: TIFFSource.self) else { return .max }
        let start = origin == SEEK_CUR ? source.pointee.position : origin == SEEK_END ? source.pointee.bytes.count : 0
        let (position, overflows) = start.addingReportingOverflow(Int(truncatingIfNeeded: offset))
        guard !overflows, position >= 0 else { return .max }
        source.pointee.position = position
        return UInt64(position)
      }, { _ in 0 }, { source in UInt64(source?.assumingMemoryBound(to: TIFFSource.self).pointee.bytes.count ?? 0) },
      nil, nil, options)
    guard let opened else {
      defer { note.deallocate() }
      throw ImageRefusal(found: "an unusable TIFF: \(text(of: note) ?? "the header makes no sense")")
    }
    (self.library, file, self.note) = (library, opened, note)
  }

  deinit {
    library.close(file)
    note.deallocate()
  }

  /// Whether libtiff has found an error.
  var hasError: Bool { text(of: note) != nil }

  var message: String { text(of: note) ?? "the data make no sense" }

  func header() throws(ImageRefusal) -> TIFFHeader {
    guard let width: UInt32 = value(256), let height: UInt32 = value(257), width > 0, height > 0,
      let photometric: UInt16 = value(262), let bits: UInt16 = value(258), let samples: UInt16 = value(277)
    else { throw ImageRefusal(found: "an unusable TIFF: \(text(of: note) ?? "without a header")") }
    let (orientation, planes): (UInt16?, UInt16?) = (value(274), value(284))
    return TIFFHeader(
      size: ImageSize(height: Int(height), width: Int(width)), photometric: Int(photometric), bitDepth: Int(bits),
      samples: Int(samples), extra: extraSample,
      orientation: orientation.flatMap { Orientation(rawValue: Int($0)) } ?? .upright, isPlanar: planes == 2)
  }

  /// Refuses samples that libtiff does not convert, by their names.
  func checkReadable() throws(ImageRefusal) {
    let header = try header()
    let kind: UInt16? = value(339)
    if header.bitDepth > 16 || kind == 3 {
      throw ImageRefusal(
        found: "a TIFF with samples of \(header.bitDepth) bits\(kind == 3 ? " in floating point" : "")",
        // Pillow takes 255 for white, which makes a picture with values from 0 to 1 black.
        expected: "at most 16 bits, whole numbers: the file does not say which of its values is white")
    }
    if let (_, colours) = header.overlookedOpacity {
      guard canReadRows else {
        throw ImageRefusal(
          found: "a TIFF with \(colours) and opacity in tiles", expected: "strips, or RGB with opacity")
      }
      guard header.extra == 2 || header.colours == .grayAlpha else {
        throw ImageRefusal(
          found: "a TIFF with \(colours) multiplied by the opacity", expected: "opacity that stands for itself")
      }
    }
    // libtiff converts these by the curve of one old screen.
    if [8, 9, 10].contains(header.photometric) || header.photometric > 32_767 {
      guard header.isPlainLab, canReadRows else {
        throw ImageRefusal(
          found: "a TIFF in Lab or LogLuv colours",
          expected: "gray, a palette, RGB, YCbCr, CMYK, or CIE Lab of 8 bits in strips")
      }
    }
    var text = CodecMessage(size: 1024)
    guard library.checkReadable(file, &text.text) == 1 else {
      throw ImageRefusal(found: "an unusable TIFF: \(text)")
    }
  }

  func decode(profile wantsProfile: Bool) throws(ImageRefusal) -> StoredImage {
    let header = try header()
    if let raw = try decodeRows(header, convertsInks: wantsProfile) { return raw }
    let size = header.size
    let count = size.height * size.width
    // Read first: libtiff does not go back in a strip that it has read as a whole.
    let opacity = header.overlookedOpacity.map { readRows(header, samples: $0.sample..<$0.sample + 1) }
    var status: Int32 = 0
    // What a damaged file leaves out stays transparent.
    let stored: Int32 = Int32(header.orientation.rawValue)
    var samples = [UInt8](unsafeUninitializedCapacity: 4 * count) { target, initialized in
      target.initialize(repeating: 0)
      initialized = target.count
      status = target.withMemoryRebound(to: UInt32.self) { raster in
        library.read(file, UInt32(size.width), UInt32(size.height), raster.baseAddress, stored, 1)
      }
    }
    let isDamaged = status != 1 || hasError || opacity.map { $0.rows < size.height } ?? false
    if isDamaged, samples.allSatisfy({ $0 == 0 }) { throw ImageRefusal(found: "an unusable TIFF: \(message)") }
    if header.colours == .rgb, header.samples > 3, !isDamaged {
      // libtiff takes a sample of unknown meaning for opacity.
      for pixel in 0..<count { samples[4 * pixel + 3] = 255 }
    }
    if let opacity {
      for pixel in 0..<count { samples[4 * pixel + 3] = min(samples[4 * pixel + 3], opacity.samples[pixel]) }
    }
    return StoredImage(
      size: size, samples: samples, kind: header.decodedKind, orientation: header.orientation,
      damage: isDamaged
        ? ImageRefusal(found: "a damaged TIFF: \(message)", expected: "a TIFF with all its data") : nil,
      profile: wantsProfile ? profile : nil)
  }

  /// The value of a tag with one number, its default if the file does not say.
  func value<Number: FixedWidthInteger>(_ tag: UInt32) -> Number? {
    var number: Number = 0
    return kilim_tiff_value(library.field, file, tag, &number) == 1 ? number : nil
  }

  /// The values of a tag with a list of numbers.
  private func list<Count: FixedWidthInteger, Element>(
    _ tag: UInt32, of type: Element.Type, counted: Count.Type
  ) -> UnsafeBufferPointer<Element>? {
    var count: Count = 0
    var list: UnsafeMutableRawPointer?
    guard kilim_tiff_list(library.field, file, tag, &count, &list) == 1, count > 0, let list else { return nil }
    return UnsafeBufferPointer(start: list.assumingMemoryBound(to: type), count: Int(count))
  }

  private var extraSample: Int? { list(338, of: UInt16.self, counted: UInt16.self)?.first.map { Int($0) } }

  var profile: [UInt8]? {
    guard let bytes = list(34675, of: UInt8.self, counted: UInt32.self), bytes.count <= ColourProfile.largest else {
      return nil
    }
    return Array(bytes)
  }
}

/// A message of libtiff; `nil` if there is none.
private func text(of note: UnsafePointer<kilim_tiff_message>) -> String? {
  let text = withUnsafeBytes(of: note.pointee) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  return text.isEmpty ? nil : text
}
