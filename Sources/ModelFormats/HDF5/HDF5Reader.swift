import Serialization
import Tensor

/// Reads an HDF5 file held in memory.
///
/// It supports what files of weights consist of: groups, hard links, text attributes, and datasets of numbers stored in
/// one piece. It refuses links and storage outside the file, filters and chunks. So a dataset never takes more memory
/// than the file has bytes for it. The reader is written in Swift because libhdf5 is not made for malicious files: here
/// no content of a file can cause a read outside of it.
package struct HDF5Reader {
  private let path: String
  private let file: HDF5Bytes
  private let root: Int

  /// The numbers of a dataset in row-major order, and its shape.
  package struct Dataset {
    package let shape: [Int]
    package let scalars: [Float]
  }

  private static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Whether a file begins like an HDF5 file.
  static func recognizes(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: the path of the file, for error messages.
  /// - Throws: ``ModelFileError`` if the bytes are not an HDF5 file, or if the file is cut off.
  package init(bytes: [UInt8], path: String) throws {
    let file = HDF5Bytes(bytes)
    (self.path, self.file) = (path, file)
    root = try reporting(path, "HDF5 file") { () throws(HDF5Damage) in
      guard Self.recognizes(bytes) else { throw HDF5Damage("it does not begin as an HDF5 file does") }
      let version = try file.number(at: 8, size: 1)
      // The offsets of: the sizes of addresses and lengths; the base and the end of the file; the root group.
      let places: (sizes: Int, base: Int, end: Int, root: Int)
      switch version {
      case 0: places = (13, 24, 40, 64)
      case 1: places = (13, 28, 44, 68)
      case 2, 3: places = (9, 12, 28, 36)
      default: throw .unsupported("version \(version) of the superblock")
      }
      guard try file.number(at: places.sizes, size: 2) == 0x0808, try file.number(at: places.base, size: 8) == 0 else {
        throw .unsupported("addresses that do not have eight bytes, or a file inside another")
      }
      let end = try file.number(at: places.end, size: 8)
      guard end <= file.count else { throw HDF5Damage("it has \(file.count) of \(counted(end, "byte"))") }
      return try file.number(at: places.root, size: 8)
    }
  }

  /// The names of the objects in the group `name`, sorted by their bytes.
  ///
  /// - Throws: ``ModelFileError`` if there is no such group, or if it cannot be read.
  package func children(of name: String) throws -> [String] {
    let object = try object(name)
    let group = try reporting(path, name) { () throws(HDF5Damage) in try HDF5Group(object, in: file) }
    guard let group else { throw error(name, .mismatch(found: "an object of another kind", expected: "a group")) }
    return group.links.keys.sorted().map(\.text)
  }

  /// The texts of an attribute of the group or dataset `name`; `nil` if there is no such attribute.
  package func texts(_ attribute: String, of name: String) throws -> [String]? {
    let object = try object(name)
    return try reporting(path, "\(name).\(attribute)") { () throws(HDF5Damage) in
      for message in object.messages where message.kind == .attribute {
        if let found = try HDF5Attribute(message, in: file), found.name == attribute {
          return try found.texts(in: file)
        }
      }
      return nil
    }
  }

  /// The numbers of the dataset `name`, converted to `Float`.
  ///
  /// The dataset may hold floating-point numbers of 2, 4 or 8 bytes, or integers of 1 to 8 bytes, in any byte order.
  ///
  /// - Parameter name: the path of the dataset inside the file.
  /// - Throws: ``ModelFileError`` if there is no such dataset, or if its kind is not supported. Its size is compared
  ///   with the size of the file before memory is allocated.
  package func dataset(_ name: String) throws -> Dataset {
    let stored = try stored(name)
    return Dataset(shape: stored.shape, scalars: stored.bytes.withUnsafeBytes { stored.type.floats(in: $0) })
  }

  /// The value of the dataset `name`, which must be a single integer.
  package func integer(_ name: String) throws -> Int {
    let stored = try stored(name)
    guard stored.shape.isEmpty, stored.type.isSignedInteger, let first = stored.bytes.last else {
      throw error(name, .mismatch(found: "\(stored.type) of shape \(stored.shape)", expected: "one integer"))
    }
    // Begins with the highest byte, which has the sign.
    return stored.bytes.reversed().dropFirst().reduce(Int(Int8(bitPattern: first))) { $0 << 8 | Int($1) }
  }

  /// The bytes of a dataset, little-endian.
  private func stored(_ name: String) throws -> (type: StoredType, shape: [Int], bytes: ArraySlice<UInt8>) {
    let object = try object(name)
    return try reporting(path, name) { () throws(HDF5Damage) in
      guard let space = object.message(.dataspace), let type = object.message(.datatype),
        let layout = object.message(.layout)
      else { throw .unsupported("an object that is no dataset") }
      guard case .number(let type, let isBigEndian) = try HDF5Datatype(at: type.offset, in: file) else {
        throw .unsupported("text")
      }
      guard object.message(.externalFiles) == nil, object.message(.filters) == nil else {
        throw .unsupported("external or filtered storage")
      }
      let shape = try HDF5Datatype.shape(at: space.offset, in: file)
      let bytes = try pieceOfStorage(layout)
      guard let count = elementCount(ofClaimedShape: shape),
        count.multipliedReportingOverflow(by: type.byteCount) == (bytes.count, false)
      else { throw HDF5Damage("the shape \(shape) does not fit the stored \(counted(bytes.count, "byte"))") }
      return (type, shape, isBigEndian ? Self.swapped(bytes, width: type.byteCount)[...] : bytes)
    }
  }

  /// The bytes that a layout message points to or contains.
  private func pieceOfStorage(_ layout: HDF5Object.Message) throws(HDF5Damage) -> ArraySlice<UInt8> {
    let version = try file.number(at: layout.offset, size: 1)
    guard version == 3 || version == 4 else { throw .unsupported("a layout of version \(version)") }
    switch try file.number(at: layout.offset + 1, size: 1) {
    case 0:
      return try file.slice(at: layout.offset + 4, count: file.number(at: layout.offset + 2, size: 2))
    case 1:
      let address = try file.number(at: layout.offset + 2, size: 8)
      // A file has no space for a dataset without elements, or for one that was never written.
      if address == HDF5Bytes.undefined { return [] }
      return try file.slice(at: address, count: file.number(at: layout.offset + 10, size: 8))
    default:
      throw .unsupported("chunked or virtual storage")
    }
  }

  private static func swapped(_ bytes: ArraySlice<UInt8>, width: Int) -> [UInt8] {
    let first = bytes.startIndex
    return bytes.indices.map { index in
      let place = index - first
      return bytes[first + place / width * width + width - 1 - place % width]
    }
  }

  /// The object at the path `name`. Only hard links are followed.
  private func object(_ name: String) throws -> HDF5Object {
    var prefix = ""
    var object = try reporting(path, "/") { () throws(HDF5Damage) in try HDF5Object(at: root, in: file) }
    for part in name.split(separator: "/") {
      let parent = object
      let group = try reporting(path, prefix) { () throws(HDF5Damage) in try HDF5Group(parent, in: file) }
      prefix += "/" + part
      switch group?.links[ExactText(String(part))] {
      case nil: throw error(prefix, .missing)
      case .other: throw error(prefix, .unsupported(found: "a soft or external link", expected: "a group or dataset"))
      case .hard(let address):
        object = try reporting(path, prefix) { () throws(HDF5Damage) in try HDF5Object(at: address, in: file) }
      }
    }
    return object
  }

  private func error(_ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(path: path, place: place, problem: problem)
  }
}

/// Runs `body`. The error that it throws names the file and the place in the file.
private func reporting<Result>(
  _ path: String, _ place: String, _ body: () throws(HDF5Damage) -> Result
) throws -> Result {
  do throws(HDF5Damage) {
    return try body()
  } catch {
    throw ModelFileError(
      path: path, place: place,
      problem: error.isUnsupported
        ? .unsupported(found: error.reason, expected: "what Keras writes") : .damaged(error.reason))
  }
}
