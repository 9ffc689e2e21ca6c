import ModelFormats
import Serialization
import Tensor
import TestSupport
import Testing

@Suite struct NPZTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let sample = NPZ(tensors: [
    "dense.weight": Tensor(shape: [2, 3], scalars: [1, -2, .infinity, 4, .leastNonzeroMagnitude, 6]),
    "scalar": Tensor(scalar: 7), "empty": Tensor(zeros: [0, 3]), "größe/a": Tensor([8, 9]),
  ])

  @Test func whatIsWrittenIsRead() throws {
    try sample.write(to: folder.path("x.npz"))
    #expect(try NPZ(contentsOf: folder.path("x.npz")) == sample)
  }

  @Test func equalContentGivesEqualBytes() throws {
    try sample.write(to: folder.path("one"))
    try NPZ(contentsOf: folder.path("one")).write(to: folder.path("other"))
    #expect(try readFile(folder.path("one"), limit: 10_000) == readFile(folder.path("other"), limit: 10_000))
  }

  @Test func anEntryThatIsNoArrayIsReported() throws {
    let bytes = try zipArchive(of: [ZipEntry(name: "../../x.txt", bytes: [1])], for: "x")
    let error = #expect(throws: ModelFileError.self) { try NPZ(bytes: bytes, path: "x.npz") }
    #expect(error?.place == "../../x.txt")
    let damaged = try zipArchive(of: [ZipEntry(name: "a.npy", bytes: [1])], for: "x")
    let other = #expect(throws: ModelFileError.self) { try NPZ(bytes: damaged, path: "x.npz") }
    #expect(other?.path == "x.npz: a.npy")
  }

  @Test func aFileCutAnywhereIsReported() throws {
    try sample.write(to: folder.path("x.npz"))
    let bytes = try readFile(folder.path("x.npz"), limit: 10_000)
    for count in bytes.indices {
      #expect(throws: ModelFileError.self, "cut at \(count)") {
        try NPZ(bytes: Array(bytes.prefix(count)), path: "cut.npz")
      }
    }
  }
}
