import Serialization
import Tensor

extension PyTorchContent {
  /// Reads the form of before PyTorch 1.6: five pickles, then the storages one behind the other.
  ///
  /// The pickles are a fixed number, the version of the format, the machine, the content, and the names of the storages.
  /// Each storage is its count in eight bytes, and its numbers. These are little-endian also where the machine was not.
  init(old bytes: [UInt8], _ path: String) throws {
    func error(_ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
      ModelFileError(path: path, place: place, problem: problem)
    }
    var offset = 0
    func pickle(_ place: String) throws -> (value: PickleValue, heap: PickleHeap) {
      var reader = PickleReader(bytes: bytes, offset: offset, path: path, place: place)
      let value = try reader.read()
      offset = reader.source.offset
      return (value, reader.heap)
    }
    _ = try pickle("first pickle")
    let version = try pickle("pickle of the version").value
    guard case .integer(Self.version) = version else {
      throw error("version", .unsupported(found: "\(version)", expected: "\(Self.version)"))
    }
    _ = try pickle("pickle of the machine")
    let content = try pickle("pickle of the content")
    (root, heap) = (content.value, content.heap)
    let list = try pickle("pickle of the names of storages")
    let keys = (list.heap.elements(of: list.value) ?? []).compactMap {
      if case .text(let key) = $0 { key } else { nil }
    }

    // What the content says of the size of each storage.
    let described = Dictionary(heap.storages.map { ($0.key, $0) }) { first, _ in first }
    var ranges: [String: Range<Int>] = [:]
    for key in keys {
      let place = "storage \"\(key)\""
      guard let storage = described[key], let byteCount = storage.byteCount else {
        throw error(place, .damaged("no tensor says what it holds"))
      }
      var source = PickleBytes(bytes: bytes, offset: offset)
      let count = source.integer(8)
      guard count == UInt64(storage.count), let range = source.range(UInt64(byteCount)) else {
        throw error(
          place,
          .damaged(
            "it should hold \(counted(storage.count, "number")) and says \(count.map { "\($0)" } ?? "nothing"), "
              + "with \(counted(bytes.count - source.offset, "byte")) left in the file"))
      }
      guard ranges.updateValue(range, forKey: key) == nil else { throw error(place, .damaged("it occurs twice")) }
      offset = source.offset
    }
    guard offset == bytes.count else {
      throw error("file", .damaged("\(counted(bytes.count - offset, "byte")) lie behind the last storage"))
    }
    isBigEndian = false
    storage = { [ranges] storage in
      guard let range = ranges[storage.key] else { throw error("storage \"\(storage.key)\"", .missing) }
      return (bytes, range)
    }
  }

  /// The version of the format, the only one there is.
  private static let version = 1001
}
