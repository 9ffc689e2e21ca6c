import Serialization

extension PyTorchContent {
  /// The largest pickle that is read.
  private static let largestPickle = 64 << 20

  /// Reads the form of PyTorch 1.6 and later: an archive with the pickle `data.pkl`, and a file `data/…` for each storage.
  init(archive bytes: [UInt8], _ path: String) throws {
    let archive = try ZipReader(bytes: bytes, path: path)
    let ending = "data.pkl"
    guard
      let name = archive.names.filter({ $0 == ending || $0.hasSuffix("/\(ending)") }).min(by: { $0.count < $1.count })
    else { throw ModelFileError(path: path, place: ending, problem: .missing) }
    let folder = String(name.dropLast(ending.count))
    guard !archive.holds("\(folder)constants.pkl"), !archive.names.contains(where: { $0.hasPrefix("\(folder)code/") })
    else {
      throw ModelFileError(
        path: path, place: "file",
        problem: .unsupported(
          found: "a TorchScript program",
          expected: "a state dict. In PyTorch, use torch.save(torch.jit.load(path).state_dict(), new_path)"))
    }
    isBigEndian = try Self.isBigEndian(archive, folder)
    var reader = PickleReader(
      bytes: try archive.contents(of: name, limit: Self.largestPickle), path: path, place: name)
    root = try reader.read()
    heap = reader.heap
    storage = { storage in
      let entry = "\(folder)data/\(storage.key)"
      guard let byteCount = storage.byteCount else {
        throw ModelFileError(path: path, place: entry, problem: .damaged("a storage has \(storage.count) numbers"))
      }
      let content = try archive.contents(of: entry, limit: byteCount)
      return (content, content.indices)
    }
  }

  /// What the entry `byteorder` says. Files of before PyTorch 2.1 have none, and are little-endian.
  private static func isBigEndian(_ archive: ZipReader, _ folder: String) throws -> Bool {
    let entry = "\(folder)byteorder"
    guard archive.holds(entry) else { return false }
    let order = String(decoding: try archive.contents(of: entry, limit: 16), as: UTF8.self)
    guard ["little", "big"].contains(order) else {
      throw ModelFileError(
        path: archive.path, place: entry, problem: .unsupported(found: "\"\(order)\"", expected: "little or big"))
    }
    return order == "big"
  }
}
