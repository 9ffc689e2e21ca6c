import Foundation
import Serialization
import Tensor
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let sample = Safetensors(
    tensors: [
      "dense.weight": Tensor(shape: [2, 3], scalars: [1, -2, .infinity, 4, .leastNonzeroMagnitude, 6]),
      "scalar": Tensor(scalar: 7),
      "empty": Tensor(zeros: [0, 3]),
      "größe/\"quoted\"": Tensor([8, 9]),
    ],
    metadata: ["epoch": "7", "words": "a\nb"])

  /// A file made of a header and a number of bytes behind it.
  private func file(_ header: String, bodyCount: Int) throws -> Safetensors {
    let path = folder.path("x.safetensors")
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    try writeAtomically(
      length + Array(header.utf8) + [UInt8](repeating: 0, count: bodyCount), to: path, replacing: .anyFile)
    return try Safetensors(contentsOf: path)
  }

  @Test func whatIsWrittenIsRead() throws {
    try sample.write(to: folder.path("x.safetensors"))
    #expect(try Safetensors(contentsOf: folder.path("x.safetensors")) == sample)
    // Pieces in a file, and the whole in memory.
    #expect(try readFile(folder.path("x.safetensors"), limit: 10_000) == sample.bytes(for: "memory"))
    try writeAtomically(Array("dear".utf8), to: folder.path("letter"))
    let error = #expect(throws: FileError.self) { try sample.write(to: folder.path("letter")) }
    #expect(error?.reason == .holdsOther(found: "text", expected: "a safetensors file"))
    try sample.write(to: folder.path("letter"), replacing: .anyFile)
  }

  @Test func theTensorsBeginAtAMultipleOfEight() throws {
    try sample.write(to: folder.path("x.safetensors"))
    #expect(try readFile(folder.path("x.safetensors"), limit: 10_000)[0] % 8 == 0)
  }

  @Test func equalContentGivesEqualBytes() throws {
    try sample.write(to: folder.path("one"))
    try Safetensors(contentsOf: folder.path("one")).write(to: folder.path("other"))
    #expect(try readFile(folder.path("one"), limit: 10_000) == readFile(folder.path("other"), limit: 10_000))
  }

  @Test func theReferenceWriterIsRead() throws {
    let content = try Safetensors(contentsOf: fixturePath("Safetensors/types.safetensors"))
    let values = Tensor<Float>(shape: [2, 3], scalars: [0, 1, 2, 3, 4, 100])
    for type in ["<f2", "<f4", "<f8", "|i1", "<i2", "<i4", "<i8", "|u1"] {
      #expect(content.tensors[type] == values, "\(type)")
    }
    #expect(content.tensors["scalar"] == Tensor(scalar: 2.5))
    #expect(content.tensors["empty"]?.shape == [0, 3])
    #expect(content.metadata == ["words": "größe \"quoted\"", "epoch": "7"])
  }

  @Test func brainFloatsAreRead() throws {
    let path = folder.path("x.safetensors")
    let header = #"{"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}"#
    try writeAtomically(
      [UInt8(header.utf8.count)] + [UInt8](repeating: 0, count: 7) + Array(header.utf8) + [0x80, 0x3F, 0x20, 0xC0],
      to: path)
    #expect(try Safetensors(contentsOf: path).tensors["a"] == Tensor([1, -2.5]))
  }

  /// One such tensor, a mask, is beside the weights of many networks.
  @Test func truthValuesAreRead() throws {
    let path = folder.path("x.safetensors")
    let header = #"{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}"#
    try writeAtomically(
      [UInt8(header.utf8.count)] + [UInt8](repeating: 0, count: 7) + Array(header.utf8) + [1, 0, 1], to: path)
    #expect(try Safetensors(contentsOf: path).tensors["a"] == Tensor([1, 0, 1]))
  }

  @Test func theReservedNameIsRefusedBeforeAFileIsTouched() throws {
    let reserved = Safetensors(tensors: ["__metadata__": Tensor(scalar: 1)])
    #expect(throws: ModelFileError.self) { try reserved.write(to: folder.path("x")) }
    #expect(try folder.entries() == [])
  }

  /// What the reference reader rejects.
  @Test(arguments: [
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8),  // a hole at the beginning
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      12
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5),  // bytes behind the last tensor
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4),  // a short body
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4),  // shape and place differ
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0),  // overflow
    (#"{"a":{"dtype":"F32","shape":[0,4611686018427387904,8],"data_offsets":[0,0]}}"#, 0),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4),
    (#"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.0]}}"#, 4),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}"#, 4),
    // A name twice: the text forbids what the reference reads.
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4
    ),
    (#"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4),
    (#"{"__metadata__":{"a":"b"},"__metadata__":{"a":"c"}}"#, 0),
    (#"{"__metadata__":{"a":"b","\u0061":"c"}}"#, 0),
    // Two names that differ by their code points alone, which Swift takes for equal: an error rather than one tensor less.
    (
      "{\"e\u{301}\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
        + "\"\u{E9}\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0
    ),
    ("{}\0\0", 0),
    ("{}x", 0),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, 4),
    (#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, 4),
    (#"{"__metadata__":{"epoch":7}}"#, 0),
    (#"[]"#, 0),
    (#" {}"#, 0),
    (#"{"#, 0),
  ])
  func whatTheFormatForbidsIsReported(header: String, bodyCount: Int) {
    #expect(throws: ModelFileError.self) { try file(header, bodyCount: bodyCount) }
  }

  @Test func anEnormousHeaderIsRefused() throws {
    try writeAtomically([UInt8](repeating: 0xFF, count: 16), to: folder.path("x"))
    let error = #expect(throws: ModelFileError.self) { try Safetensors(contentsOf: folder.path("x")) }
    #expect(error?.problem == .tooLarge(byteCount: .max, limit: 100_000_000))
  }

  @Test func aHeaderNestedWithoutEndIsReported() {
    let header = #"{"a":"# + String(repeating: "[", count: 100_000)
    #expect(throws: ModelFileError.self) { try file(header, bodyCount: 0) }
  }

  @Test func aFileCutAnywhereIsReported() throws {
    try sample.write(to: folder.path("x"))
    let bytes = try readFile(folder.path("x"), limit: 10_000)
    for count in 0..<bytes.count {
      #expect(throws: ModelFileError.self, "cut at \(count)") {
        try Safetensors(bytes: Array(bytes.prefix(count)), path: "cut.safetensors")
      }
    }
  }

  @Test func aChangedBitNeverEndsTheProcess() throws {
    try sample.write(to: folder.path("x"))
    let bytes = try readFile(folder.path("x"), limit: 10_000)
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      do { _ = try Safetensors(bytes: changed, path: "changed.safetensors") } catch is ModelFileError {}
    }
  }
}
