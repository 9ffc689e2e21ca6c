import Serialization
import Tensor

/// The photos of CIFAR-10 and CIFAR-100 (Krizhevsky 2009), from the files of their binary version.
///
/// ```swift
/// let files = (1...5).map { "cifar-10-batches-bin/data_batch_\($0).bin" }
/// let train = try PhotoSet(CIFARPhotos(contentsOf: files, kind: .cifar10), imageSize: 32)
/// ```
///
/// All photos are in memory, 3 kB each.
public struct CIFARPhotos: ExampleSource {
  /// Which set the files are of.
  public enum Kind: Hashable, Sendable {
    /// Ten classes.
    case cifar10
    /// One hundred classes.
    case cifar100
    /// The twenty groups of classes of CIFAR-100.
    case cifar100Coarse

    /// The number of bytes before the pixels of a photo.
    var labelBytes: Int { self == .cifar10 ? 1 : 2 }
    /// Which of these bytes is the class.
    var labelPlace: Int { self == .cifar100 ? 1 : 0 }
    /// The number of classes.
    public var classCount: Int {
      switch self {
      case .cifar10: 10
      case .cifar100: 100
      case .cifar100Coarse: 20
      }
    }
    /// The names of the classes; the numbers from 0 where the files hold none.
    public var classes: [String] {
      self == .cifar10
        ? ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
        : (0..<classCount).map { "\($0)" }
    }
  }

  /// Which set the files are of.
  public let kind: Kind
  private let files: [(path: String, bytes: [UInt8])]
  private let names: [String]
  /// For each file, the number of its first photo.
  private let starts: [Int]
  /// The number of photos.
  public let count: Int

  /// The pixels of one colour of a photo.
  private static let plane = 32 * 32

  /// Reads files.
  ///
  /// - Parameters:
  ///   - paths: the files, such as `data_batch_1.bin`, packed by gzip or not.
  ///   - kind: which set they are of.
  ///   - classes: the names of the classes; by default those of CIFAR-10, or the numbers from 0.
  /// - Throws: `FileError` if a file cannot be read; `ModelFileError` if it is damaged or of another format, with the number of
  ///   the photo; ``TargetValueError`` for another number of names.
  public init(contentsOf paths: [String], kind: Kind, classes: [String]? = nil) throws {
    let names = classes ?? kind.classes
    guard names.count == kind.classCount else {
      throw TargetValueError.tooFewClasses(names, expected: kind.classCount)
    }
    (self.kind, self.names) = (kind, names)
    let size = kind.labelBytes + 3 * Self.plane
    var (starts, total) = ([Int](), 0)
    files = try paths.map { path in
      let bytes = try readUnpacked(path, limit: 1 << 30)
      guard !bytes.isEmpty, bytes.count % size == 0 else {
        throw ModelFileError(
          path: path, place: "photo \(bytes.count / size)",
          problem: .damaged("the file has \(counted(bytes.count, "byte")), expected a multiple of \(size)"))
      }
      for photo in 0..<bytes.count / size {
        let label = bytes[photo * size + kind.labelPlace]
        guard Int(label) < kind.classCount else {
          throw ModelFileError(
            path: path, place: "photo \(photo)",
            problem: .mismatch(found: "the class \(label)", expected: "one below \(kind.classCount)"))
        }
      }
      starts.append(total)
      total += bytes.count / size
      return (path, bytes)
    }
    (self.starts, count) = (starts, total)
  }

  /// The names of all classes.
  public var targetNames: [String]? { names }

  /// A photo, 32 × 32 pixels.
  public func item(at index: Int) -> Photo {
    let (file, start) = place(index)
    let pixels = start + kind.labelBytes
    let bytes = files[file].bytes
    let interleaved = (0..<3 * Self.plane).map { bytes[pixels + $0 % 3 * Self.plane + $0 / 3] }
    return .pixels(
      Image(width: 32, height: 32, pixels: interleaved), name: "\(files[file].path), photo \(index - starts[file])")
  }

  /// The class of a photo.
  public func target(at index: Int) -> String {
    let (file, start) = place(index)
    return names[Int(files[file].bytes[start + kind.labelPlace])]
  }

  /// The file of a photo, and its first byte there.
  private func place(_ index: Int) -> (file: Int, start: Int) {
    let file = (starts.firstIndex { $0 > index } ?? starts.count) - 1
    return (file, (index - starts[file]) * (kind.labelBytes + 3 * Self.plane))
  }
}
