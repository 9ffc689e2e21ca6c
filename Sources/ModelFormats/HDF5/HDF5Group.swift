import Serialization

/// The links of a group, by name. Names are compared by code points.
struct HDF5Group {
  /// What a link points to.
  enum Link {
    /// An object of this file.
    case hard(Int)
    /// A path, which may be in another file.
    case other
  }

  private(set) var links: [ExactText: Link] = [:]

  /// Reads the links of an object.
  ///
  /// - Returns: `nil` if the object is not a group.
  init?(_ object: HDF5Object, in file: HDF5Bytes) throws(HDF5Damage) {
    if let table = object.message(.symbolTable) {
      let tree = try file.number(at: table.offset, size: 8)
      let heap = try Heap(at: file.number(at: table.offset + 8, size: 8), in: file)
      var visited: Set<Int> = []
      try addTree(at: tree, below: nil, names: heap, visited: &visited, in: file)
    } else if let info = object.message(.linkInfo) {
      let flags = try file.number(at: info.offset + 1, size: 1)
      let dense = try file.number(at: info.offset + 2 + (flags & 1 == 0 ? 0 : 8), size: 8)
      guard dense == HDF5Bytes.undefined else { throw .unsupported("a group with very many links") }
      for message in object.messages where message.kind == .link { try addLink(message, in: file) }
    } else {
      return nil
    }
  }

  /// The part of the file that holds the names of an older group.
  private struct Heap {
    let offset: Int
    let end: Int

    init(at address: Int, in file: HDF5Bytes) throws(HDF5Damage) {
      try file.require("HEAP", at: address)
      let size = try file.number(at: address + 8, size: 8)
      offset = try file.number(at: address + 24, size: 8)
      try file.check(at: offset, count: size)
      end = offset + size
    }
  }

  /// Reads an older group: a tree (`TREE`) whose leaves (`SNOD`) list links.
  private mutating func addTree(
    at address: Int, below level: Int?, names: Heap, visited: inout Set<Int>, in file: HDF5Bytes
  ) throws(HDF5Damage) {
    guard visited.insert(address).inserted else { throw HDF5Damage("a group that leads in a circle") }
    try file.require("TREE", at: address)
    let own = try file.number(at: address + 5, size: 1)
    guard try file.number(at: address + 4, size: 1) == 0, level.map({ own == $0 - 1 }) ?? true, own < 32 else {
      throw HDF5Damage("the tree at \(address) is not of a group")
    }
    let count = try file.number(at: address + 6, size: 2)
    try file.countLinks(16 * count)
    for index in 0..<count {
      let child = try file.number(at: address + 32 + 16 * index, size: 8)
      if own > 0 {
        try addTree(at: child, below: own, names: names, visited: &visited, in: file)
      } else if visited.insert(child).inserted {
        try addLeaf(at: child, names: names, in: file)
      }
    }
  }

  private mutating func addLeaf(at address: Int, names: Heap, in file: HDF5Bytes) throws(HDF5Damage) {
    try file.require("SNOD", at: address)
    let count = try file.number(at: address + 6, size: 2)
    try file.countLinks(40 * count)
    for index in 0..<count {
      let entry = address + 8 + 40 * index
      let nameOffset = try file.number(at: entry, size: 8)
      guard nameOffset < names.end - names.offset else { throw HDF5Damage("a name outside the heap") }
      let name = try file.text(at: names.offset + nameOffset, endingBefore: names.end)
      try file.countLinks(name.utf8.count)
      let header = try file.number(at: entry + 8, size: 8)
      // Kind 2 is a soft link: it holds a path instead of an address.
      let isHard = try file.number(at: entry + 16, size: 4) != 2 && header != HDF5Bytes.undefined
      links[ExactText(name)] = isHard ? .hard(header) : .other
    }
  }

  /// Reads a newer group, which lists its links in messages: version, flags, kind, order, character set, name, address.
  private mutating func addLink(_ message: HDF5Object.Message, in file: HDF5Bytes) throws(HDF5Damage) {
    let flags = try file.number(at: message.offset + 1, size: 1)
    var place = message.offset + 2
    var isHard = true
    if flags & 0x08 != 0 {
      isHard = try file.number(at: place, size: 1) == 0
      place += 1
    }
    place += (flags & 0x04 == 0 ? 0 : 8) + (flags & 0x10 == 0 ? 0 : 1)
    let lengthSize = 1 << (flags & 3)
    let length = try file.number(at: place, size: lengthSize)
    place += lengthSize
    guard length <= message.offset + message.count - place else { throw HDF5Damage("a name longer than its message") }
    let name = try file.text(at: place, count: length)
    links[ExactText(name)] = isHard ? .hard(try file.number(at: place + length, size: 8)) : .other
  }
}
