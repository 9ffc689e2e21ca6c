import Serialization
import TestSupport
import Testing

/// The kind of a file follows from its content, and a file is replaced only by one of the same kind.
@Suite struct FileKindTests {
  private static let samples: [(FileKind, [UInt8])] = [
    (.jpeg, [0xFF, 0xD8, 0xFF, 0xE0]), (.png, [0x89, 0x50, 0x4E, 0x47, 0x0D]), (.gif, Array("GIF89a".utf8)),
    (.webP, Array("RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ".utf8)), (.pdf, Array("%PDF-1.7".utf8)),
    (.avif, Array("\0\0\0\u{18}ftypavif".utf8)), (.heic, Array("\0\0\0\u{18}ftypheic".utf8)),
    (.zip, [0x50, 0x4B, 3, 4, 20]), (.hdf5, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0]),
    (.npy, [0x93] + Array("NUMPY".utf8) + [1, 0]), (.safetensors, [64, 0, 0, 0, 0, 0, 0, 0] + Array("{\"a\"".utf8)),
    (.onnx, [8, 10, 0x12, 5] + Array("Kilim".utf8)), (.onnx, [8, 40, 0x28, 1, 0x3A, 3, 0x12, 1, 0x67]),
    (.photoCache, Array("KILIMPH2".utf8) + [200, 0]),
    (.svg, Array("<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>".utf8)),
    (.html, Array("<!DOCTYPE html><html>".utf8)), (.json, Array(" {\"a\": 1}".utf8)), (.json, Array("[1]".utf8)),
    (.csv, Array("epoch,loss\n1,0.5\n2,0.".utf8)), (.csv, Array("epoch,\"a, b\"\n1,2\n".utf8)),
    (.text, Array("Dear diary, today I did nothing.\n".utf8)), (.text, Array("notes".utf8)),
    (.text, Array("a,b\nno table\n".utf8)), (.text, Array("été".utf8)), (.binary, [1, 2, 3]), (.binary, [9, 9]),
  ]

  @Test func tellsKindsByTheFirstBytes() {
    for (kind, bytes) in Self.samples { #expect(FileKind(head: bytes) == kind, "\(kind)") }
  }

  @Test func replacesOnlyTheSameKind() throws {
    let folder = try TemporaryFolder()
    for (kind, old) in Self.samples {
      for (newKind, new) in Self.samples {
        let path = folder.path("file")
        try writeAtomically(old, to: path, replacing: .anyFile)
        if kind == newKind {
          try writeAtomically(new, to: path)
          #expect(try readFile(path, limit: 1000) == new)
        } else {
          let error = #expect(throws: FileError.self) { try writeAtomically(new, to: path) }
          #expect(error?.reason == .holdsOther(found: "\(kind)", expected: "\(newKind)"))
          #expect(try readFile(path, limit: 1000) == old)
        }
      }
    }
    try writeAtomically([], to: folder.path("empty"))
    try writeAtomically(Self.samples[0].1, to: folder.path("empty"))
  }

  @Test func tellsWhatIsAtAPath() throws {
    let folder = try TemporaryFolder()
    #expect(PathContent(folder.path("nothing")) == .absent)
    #expect(PathContent(folder.url.path) == .folder(isEmpty: true))
    try writeAtomically([], to: folder.path("empty"))
    #expect(PathContent(folder.url.path) == .folder(isEmpty: false))
    #expect(PathContent(folder.path("empty")) == .emptyFile)
    try writeAtomically(Array("hello".utf8), to: folder.path("hello"))
    #expect(PathContent(folder.path("hello")) == .file(.text))
    #expect(PathContent("/dev/null") == .special)
    #expect(throws: FileError.self) { try requireReplaceable("/dev/null", by: .png) }
    #expect(throws: FileError.self) { try requireReplaceable(folder.url.path, by: .png) }
  }
}
