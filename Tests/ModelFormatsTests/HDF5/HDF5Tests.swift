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
}
