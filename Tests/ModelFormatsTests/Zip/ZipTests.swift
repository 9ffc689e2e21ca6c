import ModelFormats
import Serialization
import TestSupport
import Testing

@Suite struct ZipTests {
  private let entries = [
    ZipEntry(name: "config.json", bytes: Array("{}".utf8)),
    ZipEntry(name: "empty", bytes: []),
    ZipEntry(name: "folder/größe", bytes: (0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }),
  ]

  @Test func whatIsWrittenIsRead() throws {
    let reader = try ZipReader(bytes: zipArchive(of: entries, for: "x.zip"), path: "x.zip")
    for entry in entries {
      #expect(try reader.contents(of: entry.name, limit: 100_000) == entry.bytes)
    }
  }

  @Test func equalEntriesGiveEqualBytes() throws {
    #expect(try zipArchive(of: entries, for: "x.zip") == zipArchive(of: entries, for: "x.zip"))
  }

  @Test func twoEntriesOfOneNameAreNotWritten() {
    #expect(throws: ModelFileError.self) { try zipArchive(of: [entries[0], entries[0]], for: "x.zip") }
  }

  /// Programs on Windows write a backslash between folders.
  @Test func foldersOfWindowsAreRead() throws {
    let archive = try zipArchive(of: [ZipEntry(name: #"folder\file"#, bytes: [1, 2])], for: "x.zip")
    let reader = try ZipReader(bytes: archive, path: "x.zip")
    #expect(reader.names == ["folder/file"] && reader.holds("folder/file"))
    #expect(try reader.contents(of: "folder/file", limit: 2) == [1, 2])
    let both = [ZipEntry(name: #"folder\file"#, bytes: [1]), ZipEntry(name: "folder/file", bytes: [2])]
    #expect(throws: ModelFileError.self) { try ZipReader(bytes: zipArchive(of: both, for: "x.zip"), path: "x.zip") }
  }

  /// Names are compared by code points.
  @Test func namesThatAreComposedDifferentlyAreTwo() throws {
    let entries = [ZipEntry(name: "\u{E9}", bytes: [1]), ZipEntry(name: "e\u{301}", bytes: [2])]
    let reader = try ZipReader(bytes: zipArchive(of: entries, for: "x.zip"), path: "x.zip")
    #expect(try reader.contents(of: "\u{E9}", limit: 1) == [1])
    #expect(try reader.contents(of: "e\u{301}", limit: 1) == [2])
  }

  @Test func pythonArchivesAreRead() throws {
    let reader = try ZipReader(bytes: fixture("Zip/plain.zip"), path: "plain.zip")
    #expect(try reader.contents(of: "stored", limit: 100) == Array(String(repeating: "stored ", count: 3).utf8))
    let deflated = Array(String(repeating: "deflated ", count: 300).utf8)
    #expect(try reader.contents(of: "folder/deflated", limit: 3000) == deflated)
    #expect(try reader.contents(of: "empty", limit: 0) == [])
  }

  /// A training replaces its checkpoint while another program reads it: names, sizes and contents are of one archive.
  @Test func aFileThatIsReplacedIsReadAsItWas() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("x.zip")
    try writeAtomically(zipArchive(of: entries, for: path), to: path)
    let reader = try ZipReader(RandomAccessFile(path), path: path)
    let source = try reader.source(of: "folder/größe", limit: 100_000)
    let others = entries.reversed().map { ZipEntry(name: $0.name, bytes: [1, 2, 3]) }
    try writeAtomically(zipArchive(of: others, for: path), to: path)
    for entry in entries {
      #expect(try reader.contents(of: entry.name, limit: 100_000) == entry.bytes)
      #expect(try reader.source(of: entry.name, limit: 100_000).allBytes() == entry.bytes)
    }
    #expect(try source.allBytes() == entries[2].bytes)
  }

  @Test func missingAndLargeEntriesAreReported() throws {
    let reader = try ZipReader(bytes: fixture("Zip/plain.zip"), path: "plain.zip")
    #expect(throws: ModelFileError(path: "plain.zip", place: "no", problem: .missing)) {
      try reader.contents(of: "no", limit: 1)
    }
    #expect(
      throws: ModelFileError(path: "plain.zip", place: "stored", problem: .tooLarge(byteCount: 21, limit: 20))
    ) { try reader.contents(of: "stored", limit: 20) }
  }

  @Test func anArchiveWithTwoEntriesOfOneNameIsRefused() throws {
    #expect(throws: ModelFileError.self) {
      try ZipReader(bytes: fixture("Zip/twice.zip"), path: "twice.zip")
    }
  }

  @Test func aBombIsRefused() throws {
    let error = #expect(throws: ModelFileError.self) {
      try ZipReader(bytes: fixture("Zip/bomb.zip"), path: "bomb.zip")
    }
    #expect(error.map { "\($0)" }?.contains("would expand to 4194304") == true)
  }

  @Test func anArchiveCutAnywhereIsReported() throws {
    let bytes = try fixture("Zip/plain.zip")
    for count in 0..<bytes.count {
      #expect(throws: ModelFileError.self, "cut at \(count)") {
        try ZipReader(bytes: Array(bytes.prefix(count)), path: "cut.zip").contents(of: "stored", limit: 100)
      }
    }
  }

  @Test func aChangedBitIsNoticedOrHarmless() throws {
    let bytes = try zipArchive(of: Array(entries.prefix(2)), for: "x.zip")
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      do {
        let content = try ZipReader(bytes: changed, path: "changed.zip").contents(of: "config.json", limit: 100)
        #expect(content == entries[0].bytes, "bit \(bit)")
      } catch is ModelFileError {}
    }
  }
}
