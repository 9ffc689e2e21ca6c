import Foundation
@preconcurrency import Glibc
import Synchronization
import TestSupport
import Testing

/// `divar train --live` on a terminal: what it draws, its keys, and that it leaves the terminal as it was.
@Suite struct LiveTests {
  /// The two ends of a terminal, and what a program has written to it.
  private final class PseudoTerminal: Sendable {
    let master: Int32
    let slave: FileHandle
    private let written = Mutex<[UInt8]>([])

    init(columns: UInt16, rows: UInt16) throws {
      // What posix_openpt, unlockpt and ptsname do, which Swift does not see.
      master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var (lock, number): (Int32, Int32) = (0, 0)
      try #require(ioctl(master, UInt(0x4004_5431), &lock) == 0)
      try #require(ioctl(master, UInt(0x8004_5430), &number) == 0)
      let end = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      try #require(end >= 0)
      slave = FileHandle(fileDescriptor: end, closeOnDealloc: true)
      resize(columns: columns, rows: rows)
      // Ends when the other end is closed, with this object.
      Thread.detachNewThread { [master, weak self] in
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
          let count = read(master, &bytes, bytes.count)
          guard count > 0 else { break }
          self?.written.withLock { $0 += bytes.prefix(count) }
        }
        close(master)
      }
    }

    var text: String { written.withLock { String(decoding: $0, as: UTF8.self) } }

    func resize(columns: UInt16, rows: UInt16) {
      var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
      _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    func press(_ key: String) { _ = write(master, key, key.utf8.count) }

    /// Whether typed letters are shown, and lines are read whole.
    var isUsual: Bool {
      var settings = termios()
      tcgetattr(slave.fileDescriptor, &settings)
      return settings.c_lflag & tcflag_t(ECHO | ICANON) == tcflag_t(ECHO | ICANON)
    }
  }

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["cat", "dog"])
  }

  private func start(
    _ terminal: PseudoTerminal, _ output: String, environment: [String: String] = [:], _ extra: String...
  ) throws -> Process {
    let process = Process()
    process.executableURL = Bundle.main.bundleURL.appending(path: "divar")
    process.arguments =
      [
        "train", "--data", folder.path("photos"), "--output", folder.path(output), "--epochs", "1000000",
        "--image-size", "16",
      ] + extra
    process.environment = ProcessInfo.processInfo.environment
      .merging(["KILIM_THREADS": "1", "TERM": "xterm", "LC_ALL": "C.UTF-8"]) { $1 }.merging(environment) { $1 }
    process.standardInput = terminal.slave
    process.standardOutput = terminal.slave
    process.standardError = try folder.newFile("errors")
    try process.run()
    return process
  }

  private static let (enter, leave) = ("\u{1B}[?1049h", "\u{1B}[?1049l")

  /// What is drawn after the first validation.
  private func waitForPage(_ process: Process, _ terminal: PseudoTerminal) throws {
    try DivarProcess.wait(for: process) { terminal.text.contains("right by class") }
  }

  @Test(arguments: ["q", "e"]) func keysStopTheTraining(key: String) throws {
    let terminal = try PseudoTerminal(columns: 80, rows: 24)
    let process = try start(terminal, "run", "--live")
    try waitForPage(process, terminal)
    #expect(!terminal.isUsual)
    terminal.press(key)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(terminal.isUsual)
    DivarProcess.waitUntil { terminal.text.contains("--resume continues") }
    let parts = terminal.text.split(separator: Self.enter)
    #expect(parts.count == 2)
    let (before, after) = (parts.first ?? "", parts.last?.split(separator: Self.leave).last ?? "")
    #expect(before.contains("conv2d"), "the summary stands above: \(before)")
    #expect(after.contains("Epoch 1/1000000 - accuracy: "), "\(after)")
    #expect(folder.has("run/model.keras"))
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT]) func signalsRestoreTheTerminal(number: Int32) throws {
    let terminal = try PseudoTerminal(columns: 40, rows: 30)
    let process = try start(terminal, "run", "--live")
    try waitForPage(process, terminal)
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + number)
    #expect(terminal.isUsual)
    DivarProcess.waitUntil { terminal.text.contains(Self.leave) }
  }

  /// A crash, without the handler of Swift's runtime: it reports a signal that another process has sent, and goes on.
  @Test(arguments: [SIGSEGV, SIGABRT]) func crashesRestoreTheTerminal(number: Int32) throws {
    let terminal = try PseudoTerminal(columns: 80, rows: 24)
    let process = try start(terminal, "run", environment: ["SWIFT_BACKTRACE": "enable=no"], "--live")
    try waitForPage(process, terminal)
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && process.terminationStatus == number)
    #expect(terminal.isUsual)
    DivarProcess.waitUntil { terminal.text.contains(Self.leave) }
  }

  @Test func thePageFollowsTheSize() throws {
    let terminal = try PseudoTerminal(columns: 200, rows: 50)
    let process = try start(terminal, "run", "--live")
    try waitForPage(process, terminal)
    terminal.resize(columns: 21, rows: 12)
    try DivarProcess.wait(for: process) {
      // Pages of the new size end with the shortest list of keys.
      terminal.text.contains("q e - +  ? help")
    }
    terminal.press("?")
    try DivarProcess.wait(for: process) { terminal.text.contains("halve the rate") }
    terminal.press("q")
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
  }

  @Test func aHugeTerminalGetsAPage() throws {
    let terminal = try PseudoTerminal(columns: 65_535, rows: 65_535)
    let process = try start(terminal, "run", "--live")
    try waitForPage(process, terminal)
    terminal.press("q")
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
  }

  @Test func withoutUnicodeAndColoursItIsPlain() throws {
    let terminal = try PseudoTerminal(columns: 80, rows: 24)
    let process = try start(terminal, "run", environment: ["LC_ALL": "C", "NO_COLOR": "1"], "--live")
    try waitForPage(process, terminal)
    terminal.press("q")
    process.waitUntilExit()
    let page = try #require(terminal.text.split(separator: Self.enter).last)
    let isPlain = page.utf8.allSatisfy { $0 < 128 }
    #expect(isPlain)
    #expect(!page.contains("\u{1B}[3"))
  }

  @Test func elsewhereItShowsWhatItUsuallyShows() throws {
    for (environment, isBar) in [(["TERM": "dumb"], false), ([:], true)] {
      let terminal = try PseudoTerminal(columns: 80, rows: 24)
      let name = isBar ? "bar" : "dumb"
      let process = try start(terminal, name, environment: environment, isBar ? "--balance=none" : "--live")
      try DivarProcess.wait(for: process) {
        terminal.text.contains("Epoch 1/1000000") && folder.has("\(name)/history.csv")
      }
      kill(process.processIdentifier, SIGTERM)
      process.waitUntilExit()
      #expect(!terminal.text.contains(Self.enter))
      #expect(terminal.text.contains("\r\u{1B}[K") == isBar)
      let errors = try folder.text("errors")
      #expect(errors.contains("--live needs a terminal") == !isBar)
    }
  }

  @Test func quietPrintsNothing() throws {
    let run = try DivarProcess([
      "train", "--data", folder.path("photos"), "--output", folder.path("run"), "--epochs", "1", "--image-size", "16",
      "--quiet",
    ])
    #expect(run.exitCode == 0 && run.output.isEmpty, "\(run.output)")
    #expect(folder.has("run/model.keras"))
    try expectError(["train", "--data", "a", "--output", "b", "--live", "--quiet"], "cannot be used together")
  }
}
