import Serialization
import Tensor
import TestSupport
import Testing

@Suite struct NPYTests {
  private let values: [Float] = [0, 1, 2, 3, 4, 100]

  private func fixture(_ name: String) throws -> Tensor<Float> {
    try Tensor(npyFile: fixturePath("NPY/\(name).npy"))
  }

  @Test(arguments: ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "fortran", "version2"])
  func arraysOfNumPyAreRead(name: String) throws {
    #expect(try fixture(name) == Tensor(shape: [2, 3], scalars: values))
  }

  @Test(arguments: ["f2", "f4", "f8", "i2", "i4", "i8", "u2"])
  func bothByteOrdersAreRead(type: String) throws {
    #expect(try fixture("big_\(type)") == Tensor(shape: [2, 3], scalars: values))
  }

  @Test func booleansAreZeroAndOne() throws {
    #expect(try fixture("bool") == Tensor(shape: [2, 3], scalars: [0, 0, 1, 1, 1, 1]))
  }

  @Test func otherRanksAreRead() throws {
    #expect(try fixture("scalar") == Tensor(scalar: 2.5))
    #expect(try fixture("vector") == Tensor([0, 1, 2, 3]))
    #expect(try fixture("empty").shape == [0, 3])
  }

  @Test(arguments: ["f4", "scalar", "vector", "empty"])
  func theBytesAreNumPys(name: String) throws {
    let folder = try TemporaryFolder()
    try fixture(name).writeNPY(to: folder.path("x.npy"))
    let numPy = try readFile(fixturePath("NPY/\(name).npy"), limit: 10_000)
    #expect(try readFile(folder.path("x.npy"), limit: 10_000) == numPy)
  }

  @Test func aViewIsWrittenInRowOrder() throws {
    let folder = try TemporaryFolder()
    let tensor = Tensor<Float>(shape: [2, 3], scalars: values).transposed()
    try tensor.writeNPY(to: folder.path("x.npy"))
    #expect(try Tensor(npyFile: folder.path("x.npy")) == tensor)
  }

  @Test(arguments: ["complex", "object", "struct"])
  func otherTypesAreRefused(name: String) throws {
    let error = #expect(throws: ModelFileError.self) { try fixture("refused_\(name)") }
    #expect(error?.place == "header")
  }

  @Test func aFileCutAnywhereIsReported() throws {
    let bytes = try readFile(fixturePath("NPY/f4.npy"), limit: 10_000)
    for count in 0..<bytes.count {
      #expect(throws: ModelFileError.self) { try Tensor(npy: Array(bytes.prefix(count)), path: "cut.npy") }
    }
  }

  @Test func aChangedByteNeverEndsTheProcess() throws {
    let bytes = try readFile(fixturePath("NPY/f4.npy"), limit: 10_000)
    for index in 0..<128 {
      for value in UInt8.min ... .max {
        var changed = bytes
        changed[index] = value
        do { _ = try Tensor(npy: changed, path: "changed.npy") } catch is ModelFileError {}
      }
    }
  }

  @Test(arguments: [
    "(-1, 3)", "(9223372036854775807, 9223372036854775807)", "(0, 4611686018427387904, 4611686018427387904)",
    "(99999999999999999999,)", "(2, 3", "2", "(2 3)",
  ])
  func aShapeThatCannotBeIsReported(shape: String) {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }\n"
    let bytes = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    #expect(throws: ModelFileError.self) { try Tensor(npy: bytes, path: "x.npy") }
  }
}
