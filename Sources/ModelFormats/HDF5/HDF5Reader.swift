import Serialization
import Tensor

/// Reads an HDF5 file, in pieces: no more of it is held in memory than is asked for.
///
/// It supports what files of weights consist of: groups, hard links, text attributes, and datasets of numbers stored in
/// one piece. It refuses links and storage outside the file, filters and chunks. So a dataset never takes more memory
/// than the file has bytes for it. The reader is written in Swift because libhdf5 is not made for malicious files: here
/// no content of a file can cause a read outside of it.
package struct HDF5Reader {
  private let path: String
  private let file: HDF5Bytes
  private let root: Int
  private let groups: Groups

  /// The numbers of a dataset.
  package struct Dataset {
    package let tensor: Tensor<Float>
    package var shape: [Int] { Array(tensor.shape) }
    /// In row-major order.
    package var scalars: [Float] { tensor.scalars }
  }

  /// The groups that were read, by their addresses: a model keeps the variables of a thousand layers in one.
  private final class Groups {
    var links: [Int: [ExactText: HDF5Group.Link]] = [:]
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
    try self.init(MemoryBytes(bytes), path: path)
  }

  /// Opens a file that is read in pieces.
  package init(_ source: any ByteSource, path: String) throws {
    let file = HDF5Bytes(source)
    (self.path, self.file, groups) = (path, file, Groups())
    root = try reporting(path, "HDF5 file") { () throws(HDF5Damage) in
      guard try file.slice(at: 0, count: min(Self.signature.count, file.count)) == Self.signature else {
        throw HDF5Damage("it does not begin as an HDF5 file does")
      }
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
    guard let links = try links(ofObjectAt: address(of: name), name) else {
      throw error(name, .mismatch(found: "an object of another kind", expected: "a group"))
    }
    return links.keys.sorted().map(\.text)
  }

  /// The texts of an attribute of the group or dataset `name`; `nil` if there is no such attribute.
  ///
  /// - Throws: ``ModelFileError`` if there is no such object, if it cannot be read, or if its attributes are in dense
  ///   storage.
  package func texts(_ attribute: String, of name: String) throws -> [String]? {
    let object = try object(name)
    return try reporting(path, "\(name).\(attribute)") { () throws(HDF5Damage) in
      for message in object.messages where message.kind == .attribute {
        if let found = try HDF5Attribute(message, named: attribute, in: file) { return try found.texts(in: file) }
      }
      if let info = object.message(.attributeInfo) {
        // The version and the flags; with the first of them, the largest index of an attribute stands before the address.
        let flags = try file.number(at: info.offset + 1, size: 1)
        let dense = try file.number(at: info.offset + 2 + (flags & 1 == 0 ? 0 : 2), size: 8)
        guard dense == HDF5Bytes.undefined else { throw .unsupported("attributes in dense storage") }
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
    return try reporting(path, name) { () throws(HDF5Damage) in
      Dataset(tensor: try tensor(in: stored))
    }
  }

  private func tensor(in stored: Stored) throws(HDF5Damage) -> Tensor<Float> {
    let shape = Shape(stored.shape)
    guard stored.type == .float32, !stored.isBigEndian, 1.littleEndian == 1 else {
      var bytes = try file.slice(at: stored.offset, count: stored.byteCount)
      if stored.isBigEndian { bytes = Self.swapped(bytes, width: stored.type.byteCount) }
      return Tensor(shape: shape, scalars: bytes.withUnsafeBytes { stored.type.floats(in: $0) })
    }
    // Straight from the file, without bytes in between.
    var damage: HDF5Damage?
    let tensor = Tensor<Float>(unsafeUninitialized: shape) { buffer in
      do throws(HDF5Damage) {
        try file.read(at: stored.offset, into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        damage = error
      }
    }
    if let damage { throw damage }
    return tensor
  }

  /// The value of the dataset `name`, which must be a single integer.
  package func integer(_ name: String) throws -> Int {
    let stored = try stored(name)
    guard stored.shape.isEmpty, stored.type.isSignedInteger else {
      throw error(name, .mismatch(found: "\(stored.type) of shape \(stored.shape)", expected: "one integer"))
    }
    var bytes = try reporting(path, name) { () throws(HDF5Damage) in
      try file.slice(at: stored.offset, count: stored.byteCount)
    }
    if !stored.isBigEndian { bytes.reverse() }
    // Begins with the highest byte, which has the sign.
    return bytes.dropFirst().reduce(Int(Int8(bitPattern: bytes[0]))) { $0 << 8 | Int($1) }
  }

  /// Where the numbers of a dataset stand.
  private struct Stored {
    let type: StoredType
    let isBigEndian: Bool
    let shape: [Int]
    let offset: Int
    let byteCount: Int
  }

  private func stored(_ name: String) throws -> Stored {
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
      let (offset, byteCount) = try pieceOfStorage(layout)
      guard let count = elementCount(ofClaimedShape: shape),
        count.multipliedReportingOverflow(by: type.byteCount) == (byteCount, false)
      else { throw HDF5Damage("the shape \(shape) does not fit the stored \(counted(byteCount, "byte"))") }
      return Stored(type: type, isBigEndian: isBigEndian, shape: shape, offset: offset, byteCount: byteCount)
    }
  }

  /// Where the bytes stand that a layout message points to or contains.
  private func pieceOfStorage(_ layout: HDF5Object.Message) throws(HDF5Damage) -> (offset: Int, byteCount: Int) {
    let version = try file.number(at: layout.offset, size: 1)
    guard version == 3 || version == 4 else { throw .unsupported("a layout of version \(version)") }
    let place: (offset: Int, byteCount: Int)
    switch try file.number(at: layout.offset + 1, size: 1) {
    case 0: place = (layout.offset + 4, try file.number(at: layout.offset + 2, size: 2))
    case 1: place = (try file.number(at: layout.offset + 2, size: 8), try file.number(at: layout.offset + 10, size: 8))
    default: throw .unsupported("chunked or virtual storage")
    }
    // A file has no space for a dataset without elements, or for one that was never written.
    if place.offset == HDF5Bytes.undefined { return (0, 0) }
    try file.check(at: place.offset, count: place.byteCount)
    return place
  }

  private static func swapped(_ bytes: [UInt8], width: Int) -> [UInt8] {
    bytes.indices.map { bytes[$0 / width * width + width - 1 - $0 % width] }
  }

  /// The object at the path `name`.
  private func object(_ name: String) throws -> HDF5Object {
    let address = try address(of: name)
    return try reporting(path, name) { () throws(HDF5Damage) in try HDF5Object(at: address, in: file) }
  }

  /// Where the object at the path `name` stands. Only hard links are followed.
  private func address(of name: String) throws -> Int {
    var prefix = ""
    var address = root
    for part in name.split(separator: "/") {
      let links = try links(ofObjectAt: address, prefix)
      prefix += "/" + part
      switch links?[ExactText(String(part))] {
      case nil: throw error(prefix, .missing)
      case .other: throw error(prefix, .unsupported(found: "a soft or external link", expected: "a group or dataset"))
      case .hard(let found): address = found
      }
    }
    return address
  }

  /// The links of a group; `nil` for an object of another kind.
  private func links(ofObjectAt address: Int, _ name: String) throws -> [ExactText: HDF5Group.Link]? {
    if let known = groups.links[address] { return known }
    let group = try reporting(path, name) { () throws(HDF5Damage) in
      try HDF5Group(HDF5Object(at: address, in: file), in: file)
    }
    groups.links[address] = group?.links
    return group?.links
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
