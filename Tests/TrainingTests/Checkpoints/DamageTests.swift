import Foundation
import Serialization
import TestSupport
import Testing
import Training

/// A damaged checkpoint is found, and the newest whole one takes its place.
@Suite struct DamageTests {
  private let folder: TemporaryFolder
  private let run = SmallRun()
  private let checkpoints: Checkpoints
  private let newest: String

  init() throws {
    folder = try TemporaryFolder()
    checkpoints = Checkpoints(folder.path("run"), every: .steps(1), keepBest: nil)
    _ = try run(checkpoints, callbacks: [EndAfter(.pause, batches: 5)])
    newest = try #require(checkpoints.newest)
  }

  /// Goes on with the training, which must take up step 4 and end as if nothing had happened.
  private func expectTheOneBefore(damage: String, isReported: Bool = true) throws {
    let listener = ResumeListener()
    #expect(try run(checkpoints, callbacks: [listener]) == run(), "\(damage)")
    let report = try #require(listener.report)
    #expect(report.path == folder.path("run/step-000000004.safetensors"))
    #expect(report.damaged.count == (isReported ? 1 : 0))
    if isReported {
      #expect(report.damaged[0].contains(newest))
      #expect("\(report)" == "Resumed from \(report.path): epoch 2 after batch 1")
    }
    let warnings = listener.warnings.filter { $0.contains("damaged") }
    #expect(warnings == report.damaged.map { "a damaged checkpoint is skipped: \($0)" })
  }

  @Test(arguments: [0, 1, 7, 8, 100, 1_000, 5_000])
  func truncated(byteCount: Int) throws {
    let bytes = try readFile(newest, limit: 1 << 20)
    try #require(bytes.count > 5_000)
    try writeAtomically(Array(bytes.prefix(byteCount)), to: newest, replacing: .anyFile)
    try expectTheOneBefore(damage: "\(byteCount) bytes left")
  }

  @Test func lastByteMissing() throws {
    try writeAtomically(readFile(newest, limit: 1 << 20).dropLast(), to: newest)
    try expectTheOneBefore(damage: "last byte missing")
  }

  @Test func overwrittenWithNoise() throws {
    var (numbers, bytes) = (SplitMix(seed: 1), try readFile(newest, limit: 1 << 20))
    for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255, using: &numbers) }
    try writeAtomically(bytes, to: newest, replacing: .anyFile)
    try expectTheOneBefore(damage: "noise")
  }

  @Test func overwrittenInTheMiddle() throws {
    var bytes = try readFile(newest, limit: 1 << 20)
    for index in bytes.count / 2..<bytes.count / 2 + 512 { bytes[index] = 0 }
    try writeAtomically(bytes, to: newest)
    try expectTheOneBefore(damage: "a block of zeros")
  }

  @Test func deleted() throws {
    unlink(newest)
    try expectTheOneBefore(damage: "deleted", isReported: false)
  }

  @Test func replacedByAFolder() throws {
    unlink(newest)
    try FileManager.default.createDirectory(atPath: newest, withIntermediateDirectories: false)
    let listener = ResumeListener()
    // Step 5 cannot be written where the folder stands, and nothing that is there gets lost.
    #expect(throws: FileError.self) { try run(checkpoints, callbacks: [listener]) }
    #expect(listener.report?.path == folder.path("run/step-000000004.safetensors"))
    rmdir(newest)
    #expect(try run(checkpoints) == run())
  }

  @Test func ofAnotherCheckpoint() throws {
    // Whole files that were mixed up: the tensors of one behind the header of the other.
    let before = try readFile(folder.path("run/step-000000004.safetensors"), limit: 1 << 20)
    var bytes = try readFile(newest, limit: 1 << 20)
    bytes.replaceSubrange((bytes.count - 4_000)..., with: before.suffix(4_000))
    try writeAtomically(bytes, to: newest)
    try expectTheOneBefore(damage: "mixed up")
  }

  /// A changed bit is found, unless it changes nothing that is read, such as the kind of a space.
  @Test func anyBit() throws {
    let original = try run.model()
    try original.load(checkpoint: newest)
    let bytes = try readFile(newest, limit: 1 << 20)
    var numbers = SplitMix(seed: 2)
    let path = folder.path("changed.safetensors")
    for _ in 0..<2_000 {
      let bit = Int.random(in: 0..<bytes.count * 8, using: &numbers)
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      try changed.withUnsafeBytes { try Data($0).write(to: URL(filePath: path)) }
      let model = try run.model()
      do {
        try model.load(checkpoint: path)
        #expect(model.state == original.state, "bit \(bit)")
      } catch is ModelFileError {}
    }
  }

  @Test func noneIsWhole() throws {
    for name in try folder.entries(in: "run") {
      try writeAtomically([1, 2, 3], to: folder.path("run/\(name)"), replacing: .anyFile)
    }
    let error = #expect(throws: CheckpointError.self) { try run(checkpoints) }
    let message = "\(try #require(error))"
    #expect(message.hasPrefix("all checkpoints in \(folder.path("run")) are damaged: \(newest): header: damaged: "))
    #expect(throws: ModelFileError.self) { try run.model().load(checkpoint: newest) }
  }

  @Test func whatAKilledProcessLeftIsRemoved() throws {
    try writeAtomically([1], to: folder.path("run/.kilim-2147483647-x"))
    try writeAtomically([1], to: folder.path("run/notes.txt"))
    _ = try run(checkpoints)
    let names = try folder.entries(in: "run")
    #expect(names == ["notes.txt"] + (7...9).map { "step-00000000\($0).safetensors" })
  }
}
