import ModelFormats
import Serialization
import Testing

@Suite struct HDF5Tests {
  /// A small file of the kind that holds weights.
  static func sample() throws -> [UInt8] {
    try withHDF5 {
      let writer = try HDF5Writer(path: "x.h5")
      try writer.makeGroup("layers/dense/vars")
      try writer.setAttribute("name", of: "layers/dense/vars", to: "größe")
      try writer.write([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3], as: "layers/dense/vars/0")
      try writer.write([1 << 40] as [Int64], shape: [], as: "layers/dense/vars/1")
      return try writer.bytes()
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let bytes = try Self.sample()
    try withHDF5 {
      let reader = try HDF5Reader(bytes: bytes, path: "x.h5")
      #expect(try reader.children(of: "/") == ["layers"])
      #expect(try reader.children(of: "layers/dense/vars") == ["0", "1"])
      let weight = try reader.dataset("layers/dense/vars/0")
      #expect(weight.shape == [2, 3] && weight.scalars == [1, 2, 3, 4, 5, 6])
      #expect(try reader.integer("layers/dense/vars/1") == 1 << 40)
      #expect(try reader.texts("name", of: "layers/dense/vars") == ["größe"])
      #expect(try reader.texts("other", of: "layers/dense/vars") == nil)
    }
  }

  @Test func equalContentGivesEqualBytes() throws {
    #expect(try Self.sample() == Self.sample())
  }

  @Test(arguments: ["f4", "f8", "f2", "f4big", "i8", "i4", "i2big", "u1"])
  func everyKindOfNumberBecomesAFloat(kind: String) throws {
    let bytes = try fixture("HDF5/numbers.h5")
    try withHDF5 {
      let dataset = try HDF5Reader(bytes: bytes, path: "numbers.h5").dataset("numbers/\(kind)")
      #expect(dataset.shape == [2, 3] && dataset.scalars == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test func scalarsEmptyDatasetsAndLongGroupsAreRead() throws {
    let bytes = try fixture("HDF5/numbers.h5")
    try withHDF5 {
      let reader = try HDF5Reader(bytes: bytes, path: "numbers.h5")
      #expect(try reader.dataset("scalar").scalars == [2.5])
      #expect(try reader.dataset("empty").shape == [0, 3])
      #expect(try reader.children(of: "many") == (0..<40).map(String.init).sorted())
      #expect(try reader.dataset("many/37").scalars == [37])
    }
  }

  @Test func theNewestFormIsRead() throws {
    let bytes = try fixture("HDF5/latest.h5")
    try withHDF5 {
      let dataset = try HDF5Reader(bytes: bytes, path: "latest.h5").dataset("a/b")
      #expect(dataset.scalars == [0, 1, 2, 3, 4, 5])
    }
  }

  @Test(arguments: [
    "soft", "links/external_link", "through/inside", "chunked", "bomb", "unallocated", "text", "compound", "opaque",
    "complex", "null", "raw_outside", "virtual", "group", "no", "target/no",
  ])
  func whatLeadsAstrayIsRefused(name: String) throws {
    let bytes = try fixture("HDF5/refused.h5")
    withHDF5 {
      let error = #expect(throws: ModelFileError.self) {
        try HDF5Reader(bytes: bytes, path: "refused.h5").dataset(name)
      }
      #expect(error?.path == "refused.h5")
      #expect(error?.place.contains(name.split(separator: "/")[0]) == true)
    }
  }

  @Test func aFileCutAnywhereIsReported() throws {
    let bytes = try Self.sample()
    withHDF5 {
      for count in stride(from: 0, to: bytes.count, by: 7) {
        #expect(throws: ModelFileError.self, "cut at \(count)") {
          try HDF5Reader(bytes: Array(bytes.prefix(count)), path: "cut.h5").children(of: "/")
        }
      }
    }
  }

  @Test func twoFilesAreOpenAtOnce() throws {
    let (one, other) = (try Self.sample(), try fixture("HDF5/numbers.h5"))
    try withHDF5 {
      let first = try HDF5Reader(bytes: one, path: "x.h5")
      let second = try HDF5Reader(bytes: other, path: "numbers.h5")
      #expect(try first.children(of: "/") == ["layers"])
      #expect(try second.children(of: "/").contains("numbers"))
    }
  }

  /// What a changed bit does to the numbers goes unnoticed: HDF5 keeps no checksum of them, ZIP does.
  @Test func aChangedBitNeverEndsTheProcess() throws {
    let bytes = try Self.sample()
    withHDF5 {
      for bit in stride(from: 0, to: bytes.count * 8, by: 7) {
        var changed = bytes
        changed[bit / 8] ^= 1 << (bit % 8)
        do {
          let reader = try HDF5Reader(bytes: changed, path: "changed.h5")
          _ = try reader.children(of: "layers/dense/vars")
          _ = try reader.dataset("layers/dense/vars/0")
          _ = try reader.integer("layers/dense/vars/1")
        } catch is ModelFileError {
        } catch {
          Issue.record(error, "bit \(bit)")
        }
      }
    }
  }

  /// The attribute of a file with many attributes, or with a very long one, is in a heap of another kind.
  @Test(arguments: [0, 1]) func denseAttributesAreNotTakenForNone(flags: UInt8) throws {
    func file(heap: UInt64) -> HDF5Sample {
      let index: [UInt8] = flags == 1 ? [9, 0] : []
      return HDF5Sample(messages: [
        (2, [0, 0] + littleEndian(UInt64.max) + littleEndian(UInt64.max)),
        (0x15, [0, flags] + index + littleEndian(heap) + littleEndian(heap)),
      ])
    }
    let plain = file(heap: .max).bytes
    #expect(try HDF5Reader(bytes: plain, path: "x.h5").texts("model_config", of: "/") == nil)
    #expect(ModelFileFormat(bytes: plain) == .hdf5)
    let dense = file(heap: 48).bytes
    let error = #expect(throws: ModelFileError.self) {
      try HDF5Reader(bytes: dense, path: "x.h5").texts("model_config", of: "/")
    }
    #expect(error.map { "\($0)" }?.contains("dense storage") == true)
    // Its reader says why it is not read.
    #expect(ModelFileFormat(bytes: dense) == .hdf5Model)
  }

  /// Two thousand links whose names are the ends of one: half a gigabyte of names in a small file.
  @Test func namesThatOverlapAreRefused() {
    let (count, length) = (2000, 1 << 18)
    var file = HDF5Sample(messages: [(0x11, [])])
    let tree = file.end + 16
    let (leaf, heap) = (tree + 48, tree + 48 + 8 + 40 * count)
    file = HDF5Sample(messages: [(0x11, littleEndian(UInt64(tree)) + littleEndian(UInt64(heap)))])
    file.append(Array("TREE".utf8) + [0, 0, 1, 0] + [UInt8](repeating: 0, count: 24) + littleEndian(UInt64(leaf)))
    file.append([UInt8](repeating: 0, count: 8) + Array("SNOD".utf8) + [1, 0] + littleEndian(UInt16(count)))
    for index in 0..<count {
      file.append(littleEndian(UInt64(index)) + littleEndian(UInt64(48)) + [UInt8](repeating: 0, count: 24))
    }
    file.append(Array("HEAP".utf8) + [0, 0, 0, 0] + littleEndian(UInt64(length + 1)) + littleEndian(UInt64.max))
    file.append(littleEndian(UInt64(heap + 32)) + [UInt8](repeating: 0x61, count: length) + [0])
    #expect(failure { try HDF5Reader(bytes: file.bytes, path: "x.h5").children(of: "/") }.contains("names"))
  }

  /// A link and an attribute whose names go on behind their messages.
  @Test func namesLieInTheirMessages() {
    let info: (kind: UInt8, content: [UInt8]) = (2, [0, 0] + littleEndian(UInt64.max) + littleEndian(UInt64.max))
    var link = HDF5Sample(messages: [info, (6, [1, 3] + littleEndian(UInt64(1000)))])
    link.append([UInt8](repeating: 0x61, count: 2000))
    #expect(failure { try HDF5Reader(bytes: link.bytes, path: "x.h5").children(of: "/") }.contains("a name longer"))
    var attribute = HDF5Sample(messages: [info, (12, [3, 0] + littleEndian(UInt16(1000)) + [8, 0, 4, 0, 0])])
    attribute.append([UInt8](repeating: 0x61, count: 2000))
    #expect(
      failure { try HDF5Reader(bytes: attribute.bytes, path: "x.h5").texts("a", of: "/") }.contains("a name longer"))
  }

  /// References of an attribute to one text of a quarter of a megabyte, and to texts of their own.
  @Test(arguments: [true, false]) func referencesToOneTextAreRefused(areShared: Bool) throws {
    let (count, length) = (200, areShared ? 1 << 18 : 8)
    func file(heap: Int) -> HDF5Sample {
      var content: [UInt8] = [3, 0, 2, 0, 8, 0, 12, 0, 0] + Array("a\0".utf8) + [0x19, 1, 0, 0, 16, 0, 0, 0]
      content += [2, 1, 0, 1] + littleEndian(UInt64(count))
      for index in 0..<count {
        content += littleEndian(UInt32(length)) + littleEndian(UInt64(heap))
        content += littleEndian(UInt32(areShared ? 1 : index + 1))
      }
      return HDF5Sample(messages: [(12, content)])
    }
    var file = file(heap: file(heap: 0).end)
    let objects = (1...(areShared ? 1 : count)).flatMap { number in
      littleEndian(UInt64(number)) + littleEndian(UInt64(length)) + [UInt8](repeating: 0x61, count: length)
    }
    file.append(Array("GCOL".utf8) + [1, 0, 0, 0] + littleEndian(UInt64(16 + objects.count)) + objects)
    let reader = try HDF5Reader(bytes: file.bytes, path: "x.h5")
    if areShared {
      #expect(failure { try reader.texts("a", of: "/") }.contains("longer texts"))
    } else {
      #expect(try reader.texts("a", of: "/") == Array(repeating: "aaaaaaaa", count: count))
    }
  }

  private func failure(_ read: () throws -> Any?) -> String {
    (#expect(throws: ModelFileError.self) { _ = try read() }).map { "\($0)" } ?? ""
  }
}

/// The bytes of a number, the lowest first.
private func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}

/// An HDF5 file in the making, right or wrong: a superblock of version 2, the header of the root group, and what is
/// appended.
private struct HDF5Sample {
  private var content: [UInt8]

  /// Where the next bytes are appended.
  var end: Int { 48 + content.count }

  init(messages: [(kind: UInt8, content: [UInt8])]) {
    let block = messages.flatMap { message -> [UInt8] in
      [message.kind] + littleEndian(UInt16(message.content.count)) + [0] + message.content
    }
    content = Array("OHDR".utf8) + [2, 2] + littleEndian(UInt32(block.count)) + block
  }

  mutating func append(_ bytes: [UInt8]) { content += bytes }

  /// The file with the end that it has now.
  var bytes: [UInt8] {
    func number(_ value: UInt64) -> [UInt8] { littleEndian(value) }
    return [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 2, 8, 8, 0] + number(0) + number(.max) + number(UInt64(end))
      + number(48) + [0, 0, 0, 0] + content
  }
}
