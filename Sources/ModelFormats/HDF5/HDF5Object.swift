import Tensor

/// The header of a group or dataset: a list of messages in one or more blocks (HDF5 File Format Specification 3.0,
/// section IV.A).
struct HDF5Object {
  /// The kind of a message. Other kinds are skipped.
  enum Kind: Int {
    case dataspace = 0x01
    case linkInfo = 0x02
    case datatype = 0x03
    case link = 0x06
    case externalFiles = 0x07
    case layout = 0x08
    case filters = 0x0B
    case attribute = 0x0C
    case continuation = 0x10
    case symbolTable = 0x11
    case attributeInfo = 0x15
  }

  struct Message {
    let kind: Kind
    /// The offset of its content in the file.
    let offset: Int
    let count: Int
  }

  private(set) var messages: [Message] = []

  /// Reads the header at an address.
  init(at address: Int, in file: HDF5Bytes) throws(HDF5Damage) {
    let isSecond = try file.slice(at: address, count: 4).elementsEqual("OHDR".utf8)
    var blocks = isSecond ? [try Self.secondBlock(at: address, in: file)] : [try Self.firstBlock(at: address, in: file)]
    var visited: Set<Int> = []
    var total = 0
    while let block = blocks.popLast() {
      // Without this check, a block that continues in itself would never end, and overlapping blocks could take almost
      // for ever.
      let (sum, overflow) = total.addingReportingOverflow(block.count)
      total = sum
      guard !overflow, visited.insert(block.offset).inserted, total <= file.count else {
        throw HDF5Damage("a header that leads in a circle")
      }
      for message in try block.messages(in: file) {
        if message.kind == .continuation {
          let offset = try file.number(at: message.offset, size: 8)
          let count = try file.number(at: message.offset + 8, size: 8)
          blocks.append(try block.next(offset: offset, count: count, in: file))
        } else {
          messages.append(message)
        }
      }
    }
  }

  /// The first message of a kind; `nil` if there is none.
  func message(_ kind: Kind) -> Message? {
    messages.first { $0.kind == kind }
  }

  /// Reads a header of version 1: version, reserved, number of messages, references, size.
  private static func firstBlock(at address: Int, in file: HDF5Bytes) throws(HDF5Damage) -> Block {
    guard try file.number(at: address, size: 1) == 1 else { throw HDF5Damage("no object header stands at \(address)") }
    return Block(offset: address + 16, count: try file.number(at: address + 8, size: 4), prefix: 8, form: .first)
  }

  /// Reads a header of version 2: signature, version, flags, times and attribute limits if the flags say so, size.
  private static func secondBlock(at address: Int, in file: HDF5Bytes) throws(HDF5Damage) -> Block {
    let flags = try file.number(at: address + 5, size: 1)
    let sizeOffset = address + 6 + (flags & 0x20 == 0 ? 0 : 16) + (flags & 0x10 == 0 ? 0 : 4)
    let sizeCount = 1 << (flags & 3)
    return Block(
      offset: sizeOffset + sizeCount, count: try file.number(at: sizeOffset, size: sizeCount),
      prefix: flags & 4 == 0 ? 4 : 6, form: .second)
  }
}

/// A block of messages that stand one after the other.
private struct Block {
  enum Form { case first, second }

  let offset: Int
  let count: Int
  /// The number of bytes before the content of each message.
  let prefix: Int
  let form: Form

  func messages(in file: HDF5Bytes) throws(HDF5Damage) -> [HDF5Object.Message] {
    try file.check(at: offset, count: count)
    var messages: [HDF5Object.Message] = []
    var place = offset
    while place + prefix <= offset + count {
      let (kindSize, flagPlace) = form == .first ? (2, 4) : (1, 3)
      let kind = try file.number(at: place, size: kindSize)
      let size = try file.number(at: place + kindSize, size: 2)
      let flags = try file.number(at: place + flagPlace, size: 1)
      guard place + prefix + size <= offset + count else { throw HDF5Damage("a message at \(place) is too long") }
      if let kind = HDF5Object.Kind(rawValue: kind) {
        if flags & 2 != 0 { throw .unsupported("a message that stands elsewhere") }
        messages.append(.init(kind: kind, offset: place + prefix, count: size))
      }
      place += prefix + size
    }
    return messages
  }

  /// The block that a continuation message points to. In version 2 a signature comes before it, and a checksum after
  /// it.
  func next(offset: Int, count: Int, in file: HDF5Bytes) throws(HDF5Damage) -> Block {
    if form == .first { return Block(offset: offset, count: count, prefix: prefix, form: form) }
    guard count >= 8 else { throw HDF5Damage("a continuation of \(counted(count, "byte"))") }
    try file.require("OCHK", at: offset)
    return Block(offset: offset + 4, count: count - 8, prefix: prefix, form: form)
  }
}
