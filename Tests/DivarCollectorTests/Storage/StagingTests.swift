import DivarCollector
import Downloads
import Foundation
import TestSupport
import Testing

@Suite struct StagingTests {
  private let folder: TemporaryFolder
  private let url = URL(filePath: "/picture.jpg")
  private let head = HTTPHead(status: 200, headers: ["content-length": "6", "etag": "\"v1\""])

  init() throws {
    folder = try TemporaryFolder()
  }

  private func staging() throws -> Staging { try Staging(in: folder.url.path) }

  private func write(_ bytes: [UInt8], to download: PartialFile) throws {
    try bytes.withUnsafeBytes { try download.write($0) }
  }

  private func content() throws -> [UInt8] {
    try [UInt8](Foundation.Data(contentsOf: URL(filePath: staging().path(for: url))))
  }

  /// Begins the picture, and ends before the rest of it has come.
  ///
  /// - Returns: what it would ask for then.
  @discardableResult
  private func receive(_ bytes: [UInt8], _ head: HTTPHead) throws -> [String: String] {
    let download = try staging().download(of: url)
    try download.start(head)
    try write(bytes, to: download)
    return download.requestHeaders
  }

  @Test func wholePicture() throws {
    let download = try staging().download(of: url)
    #expect(download.requestHeaders.isEmpty)
    try download.start(head)
    try write([1, 2, 3], to: download)
    #expect(try !staging().holds(url))
    try write([4, 5, 6], to: download)
    try download.finish()
    #expect(try staging().holds(url) && content() == [1, 2, 3, 4, 5, 6])
  }

  @Test func restIsAskedFor() throws {
    #expect(try receive([1, 2], head) == ["Range": "bytes=2-"])
    let second = try staging().download(of: url)
    #expect(second.requestHeaders == ["Range": "bytes=2-"])
    try second.start(HTTPHead(status: 206, headers: ["content-range": "bytes 2-5/6", "etag": "\"v1\""]))
    try write([3, 4, 5, 6], to: second)
    try second.finish()
    #expect(try content() == [1, 2, 3, 4, 5, 6])
  }

  @Test func allBytesWithoutTheWholeNameSuffice() throws {
    try receive([1, 2, 3, 4, 5, 6], head)
    let second = try staging().download(of: url)
    #expect(second.requestHeaders.isEmpty)
    #expect(try staging().holds(url) && content() == [1, 2, 3, 4, 5, 6])
  }

  @Test(arguments: [
    ["content-range": "bytes 2-5/6", "etag": "\"v2\""], ["content-range": "bytes 2-5/6"],
    ["content-range": "bytes 1-5/6", "etag": "\"v1\""], [:],
  ])
  func otherPartIsRefused(_ headers: [String: String]) throws {
    let first = try staging().download(of: url)
    try first.start(head)
    try write([1, 2], to: first)
    #expect(throws: HTTPFailure.self) { try first.start(HTTPHead(status: 206, headers: headers)) }
    #expect(first.requestHeaders.isEmpty)
  }

  @Test func shorterPartIsNotTheWhole() throws {
    try receive([1, 2], head)
    let second = try staging().download(of: url)
    try second.start(HTTPHead(status: 206, headers: ["content-range": "bytes 2-3/6", "etag": "\"v1\""]))
    try write([3, 4], to: second)
    #expect(throws: HTTPFailure.interrupted(reason: "4 bytes have arrived, expected 6")) { try second.finish() }
    #expect(try !staging().holds(url) && second.requestHeaders == ["Range": "bytes=4-"])
    try second.start(HTTPHead(status: 206, headers: ["content-range": "bytes 4-6/7", "etag": "\"v1\""]))
    try write([5, 6, 7], to: second)
    #expect(throws: HTTPFailure.self) { try second.finish() }
    #expect(try !staging().holds(url) && second.requestHeaders.isEmpty)
  }

  @Test func wholeAnswerBeginsAnew() throws {
    let download = try staging().download(of: url)
    try download.start(head)
    try write([9, 9], to: download)
    try download.start(head)
    try write([1, 2, 3, 4, 5, 6], to: download)
    try download.finish()
    #expect(try content() == [1, 2, 3, 4, 5, 6])
  }

  // Without a length nobody knows the end, without a mark nobody knows whether it is the same picture.
  @Test(arguments: [["content-length": "6"], ["etag": "\"v1\""], [:]])
  func unmarkedPartIsNotContinued(_ headers: [String: String]) throws {
    try receive([1, 2], HTTPHead(status: 200, headers: headers))
    let second = try staging().download(of: url)
    #expect(second.requestHeaders.isEmpty)
    try second.start(head)
    try write([1, 2, 3, 4, 5, 6], to: second)
    try second.finish()
    #expect(try content() == [1, 2, 3, 4, 5, 6])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path(Staging.folderName)).count == 1)
  }
}
