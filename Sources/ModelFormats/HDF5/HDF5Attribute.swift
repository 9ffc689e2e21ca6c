import Tensor

/// An attribute of a group or dataset: one text, or a list of texts.
struct HDF5Attribute {
  let name: String
  private let type: HDF5Datatype
  private let count: Int
  private let offset: Int
  private let byteCount: Int

  /// Reads an attribute message: the version; the sizes of the name, the datatype and the dataspace; then these three
  /// and the value.
  ///
  /// - Returns: `nil` for an attribute that is not text.
  init?(_ message: HDF5Object.Message, in file: HDF5Bytes) throws(HDF5Damage) {
    let version = try file.number(at: message.offset, size: 1)
    guard (1...3).contains(version) else { throw HDF5Damage("an attribute of version \(version)") }
    var sizes: [Int] = []
    for index in 0..<3 { sizes.append(try file.number(at: message.offset + 2 + 2 * index, size: 2)) }
    // Version 1 pads each part to a multiple of eight bytes. Version 3 has a field for the character set.
    let lengths = version == 1 ? sizes.map { ($0 + 7) & ~7 } : sizes
    let nameOffset = message.offset + (version == 3 ? 9 : 8)
    name = try file.text(at: nameOffset, count: sizes[0])
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
    var texts: [String] = []
    for index in 0..<count {
      let place = offset + size * index
      if case .longText = type {
        texts.append(try longText(at: place, in: file))
      } else {
        texts.append(try file.text(at: place, count: size))
      }
    }
    return texts
  }

  /// Reads text in a global heap (`GCOL`). Its reference holds the length, the address of the heap and the number of
  /// the object in the heap.
  private func longText(at place: Int, in file: HDF5Bytes) throws(HDF5Damage) -> String {
    let length = try file.number(at: place, size: 4)
    if length == 0 { return "" }
    let heap = try file.number(at: place + 4, size: 8)
    let number = try file.number(at: place + 12, size: 4)
    try file.require("GCOL", at: heap)
    let heapSize = try file.number(at: heap + 8, size: 8)
    try file.check(at: heap, count: heapSize)
    let end = heap + heapSize
    var object = heap + 16
    while object + 16 <= end {
      let (index, size) = (try file.number(at: object, size: 2), try file.number(at: object + 8, size: 8))
      guard size <= end - object - 16 else { break }
      if index == number, index != 0 {
        guard length <= size else { break }
        return try file.text(at: object + 16, count: length)
      }
      object += 16 + (size + 7) & ~7
    }
    throw HDF5Damage("text \(number) is not in the heap at \(heap)")
  }
}
