import Foundation
import TestSupport
import Testing

/// The progress line on a terminal.
@Suite struct ProgressTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// What the command writes to a terminal of 30 columns.
  private func screen(kind: String) throws -> String {
    let name = "a class with a name that is wider than the terminal"
    let server = try FixtureServer { $0.path == "/robots.txt" ? .status(404) : .file((try? picture(1)) ?? []) }
    defer { server.stop() }
    let lines = (0..<3).map { "\(name),\(server.address)/\($0).jpg" }.joined(separator: "\n")
    try lines.write(toFile: folder.path("urls.csv"), atomically: true, encoding: .utf8)

    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    defer { close(master) }
    // TIOCSPTLCK and TIOCGPTN, which unlock the other end and tell its number.
    var (isLocked, number): (Int32, UInt32) = (0, 0)
    try #require(ioctl(master, 0x4004_5431, &isLocked) == 0 && ioctl(master, 0x8004_5430, &number) == 0)
    let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(slave >= 0)
    var size = winsize(ws_row: 24, ws_col: 30, ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(slave, UInt(TIOCSWINSZ), &size) == 0)

    let process = Process()
    process.executableURL = Bundle.main.bundleURL.appending(path: "divar")
    process.arguments = [
      "collect", "--output", folder.path("photos"), "--from", folder.path("urls.csv"), "--contact",
      "tests@example.org", "--accept-terms", "--allow-private-addresses", "--rate", "1000",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(["TERM": kind]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
    try process.run()
    process.waitUntilExit()
    // All was written before the end, and fits into the terminal's buffer of some kilobytes.
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(master, &bytes, bytes.count)
    return String(decoding: bytes[..<max(0, count)], as: UTF8.self)
  }

  @Test func lineIsCutToTheTerminal() throws {
    let pieces = try screen(kind: "xterm").components(separatedBy: "\r\u{1B}[K").dropFirst()
    #expect(pieces.count == 3)
    for piece in pieces { #expect(piece.prefix { $0 != "\r\n" && $0 != "\n" }.count == 29, "\(piece)") }
  }

  @Test func aPlainTerminalGetsPlainLines() throws {
    #expect(try !screen(kind: "dumb").unicodeScalars.contains("\u{1B}"))
  }
}
