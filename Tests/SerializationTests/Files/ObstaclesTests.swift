import Foundation
import Serialization
import Synchronization
import TestSupport
import Testing

@Suite struct ObstaclesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func manyThreadsMayTryOneFolder() throws {
    let found = Mutex<Set<String>>([])
    let path = folder.path("file")
    DispatchQueue.concurrentPerform(iterations: 400) { _ in
      guard let obstacle = obstacle(toWritingAt: path) else { return }
      found.withLock { _ = $0.insert(obstacle) }
    }
    #expect(found.withLock { $0 } == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
  }

  @Test func obstaclesAreNamed() throws {
    try Data("text".utf8).write(to: URL(filePath: folder.path("file")))
    #expect(obstacle(toWritingAt: folder.path("file")) == nil)
    #expect(obstacle(toWritingAt: folder.path("none/file"))?.contains("does not exist") == true)
    #expect(obstacle(toWritingAt: folder.path("file/file")) == "Not a directory")
    #expect(obstacle(toWritingAt: folder.path(String(repeating: "a", count: 300))) == "File name too long")
  }
}
