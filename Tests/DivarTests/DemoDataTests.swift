import Data
import Foundation
import TestSupport
import Testing

@Suite struct DemoDataTests {
  private static let classes = [
    "206", "bird", "carpet", "cat", "cellphone", "dog", "fish", "horse", "laptop", "perfume", "sheep",
  ]

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// The content of every file below a folder, by its path there.
  private func files(in directory: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: directory) where path.contains("/") {
      files[path] = try [UInt8](Foundation.Data(contentsOf: URL(filePath: "\(directory)/\(path)")))
    }
    return files
  }

  private func draw(_ name: String, perClass: Int = 2, seed: Int = 7, threads: Int = 2) throws -> [String: [UInt8]] {
    let run = try DivarProcess(
      ["demo-data", "--output", folder.path(name), "--per-class", "\(perClass)", "--seed", "\(seed)"], threads: threads)
    try #require(run.exitCode == 0, "\(run.errors)")
    return try files(in: folder.path(name))
  }

  @Test func aFolderThatIsThereMayHaveANameOfOneLetter() throws {
    try FileManager.default.createDirectory(atPath: folder.path("p"), withIntermediateDirectories: false)
    let run = try DivarProcess(["demo-data", "--output", "p", "--per-class", "1"], in: folder.url)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try files(in: folder.path("p")).count == 11)
  }

  @Test func seedChoosesPicturesOnAnyThreadCount() throws {
    let drawn = try draw("one", threads: 1)
    #expect(try draw("two", threads: 2) == drawn)
    let other = try draw("other", seed: 8)
    #expect(other.keys == drawn.keys)
    for (path, bytes) in drawn { #expect(other[path] != bytes, "\(path)") }
  }

  @Test func smallerSetBeginsLargerOne() throws {
    let larger = try draw("larger", perClass: 3)
    let smaller = try draw("smaller", perClass: 1)
    #expect(smaller.count == 11)
    for (path, bytes) in smaller { #expect(larger[path] == bytes, "\(path)") }
  }

  @Test func everyClassHasPicturesOfBothFormats() throws {
    let drawn = try draw("set", perClass: 5)
    #expect(drawn.count == 55)
    var sizes: Set<[Int]> = []
    for name in Self.classes {
      let ofClass = drawn.filter { $0.key.hasPrefix("\(name)/") }
      #expect(ofClass.count == 5)
      #expect(Set(ofClass.keys.map { String($0.suffix(4)) }) == [".jpg", ".png"])
      for (path, bytes) in ofClass {
        #expect(bytes.starts(with: path.hasSuffix(".png") ? [0x89, 0x50, 0x4E, 0x47] : [0xFF, 0xD8, 0xFF]))
        let image = try Image(decoding: bytes, path: path)
        #expect((96...320).contains(image.width) && (96...320).contains(image.height), "\(path)")
        sizes.insert([image.width, image.height])
      }
    }
    #expect(sizes.count > 25)
    #expect(sizes.contains { $0[0] < $0[1] } && sizes.contains { $0[0] > $0[1] })
  }

  @Test func sayWhatWasWritten() throws {
    let run = try DivarProcess(["demo-data", "--output", folder.path("new"), "--per-class", "1"])
    #expect(run.output == "\(folder.path("new")): 11 pictures, 1 of each of 11 classes\n")
    #expect(run.errors.isEmpty)
  }

  @Test(arguments: ["0", "-3", "2000000", "many"])
  func refusesCount(_ count: String) throws {
    let run = try DivarProcess(["demo-data", "--output", folder.path("new"), "--per-class=\(count)"])
    #expect(run.exitCode != 0)
    #expect(run.errors.contains("per-class") && run.errors.contains(count), "\(run.errors)")
    #expect(try folder.entries().isEmpty)
  }

  @Test func refusesFolderInUse() throws {
    try FileManager.default.createDirectory(atPath: folder.path("used"), withIntermediateDirectories: true)
    try "mine".write(toFile: folder.path("used/notes.txt"), atomically: true, encoding: .utf8)
    let run = try DivarProcess(["demo-data", "--output", folder.path("used"), "--per-class", "1"])
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("\"\(folder.path("used"))\" is not empty"), "\(run.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("used")) == ["notes.txt"])
  }

  @Test func refusesFileInPlaceOfFolder() throws {
    try "mine".write(toFile: folder.path("file"), atomically: true, encoding: .utf8)
    for output in [folder.path("file"), folder.path("file/inside")] {
      let run = try DivarProcess(["demo-data", "--output", output, "--per-class", "1"])
      #expect(run.exitCode == 1)
      #expect(run.errors.contains("cannot use the folder \"\(output)\""), "\(run.errors)")
    }
    #expect(try String(contentsOfFile: folder.path("file"), encoding: .utf8) == "mine")
  }

  // Root may write into any folder.
  @Test(.enabled(if: geteuid() != 0))
  func refusesReadOnlyFolder() throws {
    let readOnly = folder.path("read-only")
    try FileManager.default.createDirectory(
      atPath: readOnly, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o555])
    let run = try DivarProcess(["demo-data", "--output", readOnly, "--per-class", "1"])
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("cannot use the folder \"\(readOnly)"), "\(run.errors)")
    #expect(run.errors.contains("Permission denied"), "\(run.errors)")
  }
}
