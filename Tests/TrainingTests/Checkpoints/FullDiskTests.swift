import Foundation
import Glibc
import Serialization
import TestSupport
import Testing
import Training

/// A disk that is full ends the training with an error; the checkpoint before stays, and from it the training goes on.
@Suite struct FullDiskTests {
  private static let canMount: Bool = {
    guard let disk = try? SmallDisk(byteCount: 1 << 16) else { return false }
    return FileManager.default.fileExists(atPath: disk.path)
  }()

  @Test(.enabled(if: canMount, "mounting a small file system needs root"))
  func keepsThePreviousCheckpoint() throws {
    let run = SmallRun()
    let folder = try TemporaryFolder()
    let measured = Checkpoints(folder.path("measured"), keepLast: 1)
    _ = try run(measured)
    let byteCount = try readFile(#require(measured.newest), limit: 1 << 20).count

    // Room for the lock, and for one checkpoint and a half, and for another one later.
    let lockSize = Int(getpagesize())
    let disk = try SmallDisk(byteCount: byteCount * 3 / 2 + lockSize)
    let checkpoints = Checkpoints("\(disk.path)/run", every: .steps(1), keepLast: 1, keepBest: nil)
    let first = #expect(throws: FileError.self) { try run(checkpoints) }
    #expect(first?.reason == .noSpace)
    let left = try #require(checkpoints.newest)
    let bytes = try readFile(left, limit: 1 << 20)
    for _ in 0..<3 {
      let error = #expect(throws: FileError.self) { try run(checkpoints) }
      #expect(error?.reason == .noSpace)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(disk.path)/run").count == 1)
      #expect(try readFile(left, limit: 1 << 20) == bytes)
    }
    disk.resize(byteCount: byteCount * 5 / 2 + lockSize)
    let listener = ResumeListener()
    #expect(try run(checkpoints, callbacks: [listener]) == run())
    #expect(listener.report?.path == left)
  }
}

/// A file system of a few bytes in memory.
private final class SmallDisk {
  let path: String

  init(byteCount: Int) throws {
    path = FileManager.default.temporaryDirectory.appending(path: "kilim-disk-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    guard mount("tmpfs", path, "tmpfs", 0, Self.size(byteCount)) == 0 else {
      rmdir(path)
      throw CocoaError(.fileWriteNoPermission)
    }
  }

  func resize(byteCount: Int) {
    #expect(mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), Self.size(byteCount)) == 0)
  }

  private static func size(_ byteCount: Int) -> String { "size=\(byteCount)" }

  deinit {
    umount2(path, Int32(MNT_DETACH))
    rmdir(path)
  }
}
