import Serialization
import Tensor

/// An attribute of a group or dataset: one text, or a list of texts.
struct HDF5Attribute {
  private let type: HDF5Datatype
  private let count: Int
  private let offset: Int
  private let byteCount: Int

  /// Reads an attribute message: the version; the sizes of the name, the datatype and the dataspace; then these three
  /// and the value.
  ///
  /// - Returns: `nil` for an attribute of another name, and for one that is not text.
  init?(_ message: HDF5Object.Message, named name: String, in file: HDF5Bytes) throws(HDF5Damage) {
    let version = try file.number(at: message.offset, size: 1)
    guard (1...3).contains(version) else { throw HDF5Damage("an attribute of version \(version)") }
    var sizes: [Int] = []
    for index in 0..<3 { sizes.append(try file.number(at: message.offset + 2 + 2 * index, size: 2)) }
    // Version 1 pads each part to a multiple of eight bytes. Version 3 has a field for the character set.
    let lengths = version == 1 ? sizes.map { ($0 + 7) & ~7 } : sizes
    let nameOffset = message.offset + (version == 3 ? 9 : 8)
    guard sizes[0] <= message.offset + message.count - nameOffset else {
      throw HDF5Damage("a name longer than its message")
    }
    guard ExactText(try file.text(at: nameOffset, count: sizes[0])) == ExactText(name) else { return nil }
    let typeOffset = nameOffset + lengths[0]
    let kind = try file.number(at: typeOffset, size: 1) & 0x0F
    guard kind == 3 || kind == 9 else { return nil }
    type = try HDF5Datatype(at: typeOffset, in: file)
    let shape = try HDF5Datatype.shape(at: typeOffset + lengths[1], in: file)
    guard shape.count <= 1 else {
      throw .unsupported("an attribute of \(counted(shape.count, "axis", plural: "axes"))")
    }
    count = shape.first ?? 1
    offset = typeOffset + lengths[1] + lengths[2]
    byteCount = message.offset + message.count - offset
  }

  /// The texts.
  func texts(in file: HDF5Bytes) throws(HDF5Damage) -> [String] {
    let size =
      switch type {
      case .text(let byteCount): byteCount
      case .longText: 16
      case .number: throw .unsupported("numbers in place of text")
      }
    guard byteCount >= 0, count <= byteCount / size else { throw HDF5Damage("an attribute longer than its message") }
    guard case .longText = type else {
      var texts: [String] = []
      for index in 0..<count { texts.append(try file.text(at: offset + size * index, count: size)) }
      return texts
    }
    return try longTexts(in: file)
  }

  /// Reads texts in global heaps. The reference to each holds the length, the address of the heap and the number of the
  /// object in the heap.
  private func longTexts(in file: HDF5Bytes) throws(HDF5Damage) -> [String] {
    var heaps: [Int: Heap] = [:]
    var (heapByteCount, textByteCount) = (0, 0)
    var texts: [String] = []
    for index in 0..<count {
      let place = offset + 16 * index
      let length = try file.number(at: place, size: 4)
      if length == 0 {
        texts.append("")
        continue
      }
      let address = try file.number(at: place + 4, size: 8)
      let number = try file.number(at: place + 12, size: 4)
      if heaps[address] == nil {
        let heap = try Heap(at: address, in: file)
        heaps[address] = heap
        heapByteCount += heap.byteCount
      }
      textByteCount += length
      // Neither heaps nor texts of a sound file overlap. Without this limit, many references could share one long text.
      guard max(heapByteCount, textByteCount) <= file.count else {
        throw HDF5Damage("longer texts than the file has room for")
      }
      guard let object = heaps[address]?.objects[number], length <= object.count else {
        throw HDF5Damage("text \(number) is not in the heap at \(address)")
      }
      texts.append(try file.text(at: object.lowerBound, count: length))
    }
    return texts
  }

  /// A part of the file that holds texts (`GCOL`).
  private struct Heap {
    let byteCount: Int
    /// Where each object lies, by its number.
    private(set) var objects: [Int: Range<Int>] = [:]

    init(at address: Int, in file: HDF5Bytes) throws(HDF5Damage) {
      try file.require("GCOL", at: address)
      byteCount = try file.number(at: address + 8, size: 8)
      try file.check(at: address, count: byteCount)
      let end = address + byteCount
      var place = address + 16
      while place + 16 <= end {
        let (number, size) = (try file.number(at: place, size: 2), try file.number(at: place + 8, size: 8))
        guard size <= end - place - 16 else { break }
        // Object 0 is the space that is free.
        if number != 0, objects[number] == nil { objects[number] = place + 16..<place + 16 + size }
        place += 16 + (size + 7) & ~7
      }
    }
  }
}
