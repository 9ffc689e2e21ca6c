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
  /// Where the photo of a row is listed, if a file lists it.
  private let place: @Sendable (_ row: Int) -> String?

  init(
    count: Int, place: @escaping @Sendable (_ row: Int) -> String? = { _ in nil },
    _ fetch: @escaping @Sendable (_ row: Int) throws -> Photo
  ) {
    (self.count, self.place, self.fetch) = (count, place, fetch)
  }

  /// The photos in files.
  init(paths: [String]) {
    self.init(count: paths.count) { .file(paths[$0]) }
  }

  /// The photos of a source.
  init(_ source: some ExampleSource<Photo, some ExampleTarget>) {
    self.init(count: source.count, place: { source.place(of: $0) }, { try source.item(at: $0) })
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

  /// The error of the photo of a row, with the place where it is listed.
  func placing(_ error: ImageError, _ row: Int) -> ImageError {
    guard let place = place(row) else { return error }
    return ImageError(path: error.path, found: "\(error.found) (listed in \(place))", expected: error.expected)
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
