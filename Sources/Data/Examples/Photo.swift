import Serialization

/// Where a photo comes from.
public enum Photo: Hashable, Sendable {
  /// From the file at this path.
  case file(String)
  /// From pixels, which are not decoded. Errors name it by `name`.
  case pixels(Image, name: String)
  /// From the bytes of a file, such as a column of a database. Errors name it by `name`.
  case data([UInt8], name: String)

  /// The photo in a file.
  public init(_ path: String) { self = .file(path) }

  /// The path, or the name of the bytes.
  public var name: String {
    switch self {
    case .file(let path): path
    case .data(_, let name), .pixels(_, let name): name
    }
  }

  /// The bytes of the file, or the pixels.
  func bytes(limits: ImageLimits) throws(ImageError) -> [UInt8] {
    switch self {
    case .file(let path): return try readImageFile(path, limits: limits)
    case .pixels(let image, _): return image.pixels
    case .data(let bytes, let name):
      guard bytes.count <= limits.bytes else { throw .tooManyBytes(bytes.count, path: name, limits: limits) }
      return bytes
    }
  }
}

/// The photos of a source, by row.
struct PhotoRows: Sendable {
  /// The number of photos.
  let count: Int
  private let fetch: @Sendable (_ row: Int) throws -> Photo

  init(count: Int, _ fetch: @escaping @Sendable (_ row: Int) throws -> Photo) {
    (self.count, self.fetch) = (count, fetch)
  }

  /// The photos in files.
  init(paths: [String]) {
    self.init(count: paths.count) { .file(paths[$0]) }
  }

  /// The photo of a row.
  ///
  /// - Throws: ``ImageError`` with the error of the source, if it cannot give the photo.
  func photo(_ row: Int) throws(ImageError) -> Photo {
    do {
      return try fetch(row)
    } catch let error as ImageError {
      throw error
    } catch {
      throw ImageError(path: "example \(row)", found: "no photo (\(error))", expected: "a photo from the source")
    }
  }

  /// The path or name of the photo of a row.
  func name(_ row: Int) -> String {
    do throws(ImageError) {
      return try photo(row).name
    } catch {
      return error.path
    }
  }
}
