import CPNG
import CWebP

// Which decoders made the pixels in a cache.

extension ImageFormat {
  /// The version of Kilim's part of a decoder. Raise it when other pixels come out of the same file: then caches of photos, and
  /// features of photos, are made anew.
  var decoderVersion: UInt64 {
    switch self {
    // 2: the colours of lossy files whose profiles have no short names.
    case .jpegXL: 2
    // 2: opacity beside gray, a palette and inks.
    case .tiff: 2
    case .jpeg, .png, .webp, .gif, .bmp, .avif, .heic: 1
    }
  }

  /// The version of the decoder on this machine, with that of its library: `2, LIBTIFF, Version 4.5.0`.
  var decoderDescription: String {
    let library =
      switch self {
      case .png: "\(kilim_png_version())"
      case .webp: "\(WebPGetDecoderVersion())"
      case .tiff: Self.version { () throws(ImageRefusal) in try TIFFLibrary.shared.get().version }
      case .avif, .heic: Self.version { () throws(ImageRefusal) in try HEIFLibrary.shared.get().version }
      case .jpegXL: Self.version { () throws(ImageRefusal) in "\(try JPEGXLLibrary.shared.get().version)" }
      // giflib does not say it, and gives the numbers in the file as they are; BMP needs no library. For JPEG, a photo that is
      // decoded says more than a version: libjpeg-turbo has code of its own for each processor.
      case .gif, .bmp, .jpeg: ""
      }
    return "\(decoderVersion), \(library)"
  }

  /// A library that is missing has a version too: photos that could not be read for want of it are read when it is there.
  static func version(_ find: () throws(ImageRefusal) -> String) -> String {
    do throws(ImageRefusal) { return try find() } catch { return "missing" }
  }
}
