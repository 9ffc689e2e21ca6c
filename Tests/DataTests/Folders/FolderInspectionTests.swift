import Data
import Foundation
import Testing

@Suite struct FolderInspectionTests {
  @Test func findsWhatIsWrongWithAFolder() throws {
    let photos = try PhotoFolder(["a": 0, "b": 0, "empty": 0])
    defer { extendLifetime(photos) }
    let colours = (0..<90 * 60 * 3).map { UInt8($0 * 7 % 256) }
    let photo = Image(width: 90, height: 60, pixels: colours)
    let gray = Image(width: 40, height: 40, pixels: (0..<4800).map { UInt8($0 / 3 % 256) })
    try photos.add("a/1.jpg", photo.jpeg())
    try photos.add("a/2.jpg", photo.png())
    try photos.add("a/below/3.PNG", gray.png())
    try photos.add("b/copy.png", gray.png())
    try photos.add("b/strip.JPEG", Image(width: 300, height: 50, pixels: [UInt8](repeating: 9, count: 45000)).jpeg())
    try photos.add("b/dot.png", Image(width: 1, height: 1, pixels: [1, 2, 3]).png())
    try photos.add("b/page.jpg", "<html>".utf8)
    try photos.add("b/cut.jpg", photo.jpeg().dropLast(300))
    try photos.add("b/empty.png", [])
    try photos.add("b/Thumbs.db", [1])

    let inspection = try FolderInspection(photos.path)
    #expect(inspection.classes == ["a", "b", "empty"] && inspection.counts == [3, 3, 0])
    let found = inspection.photos.map { $0.path.split(separator: "/").last.map(String.init) ?? "" }
    #expect(found == ["1.jpg", "2.jpg", "3.PNG", "copy.png", "dot.png", "strip.JPEG"])
    #expect(inspection.photos.map(\.format) == [.jpeg, .png, .png, .png, .png, .jpeg])
    #expect(inspection.photos.map(\.width) == [90, 90, 40, 40, 1, 300])
    #expect(inspection.photos.map(\.height) == [60, 60, 40, 40, 1, 50])
    #expect(inspection.photos.map(\.isGray) == [false, false, true, true, false, true])
    #expect(
      inspection.photos.map(\.oddities) == [
        [], ["named as JPEG, is PNG"], [], [], ["only 1 x 1 pixels"], ["300 x 50: longer than 4 to 1"],
      ])
    #expect(inspection.unreadable.map(\.path) == ["cut.jpg", "empty.png", "page.jpg"].map { "\(photos.path)/b/\($0)" })
    #expect(inspection.unreadable.map(\.found)[1...] == ["zero bytes", "HTML text"])
    #expect(inspection.duplicates == [[2, 3]] && inspection.contradictions == [[2, 3]])
    #expect(inspection.samples(ofClass: 0, count: 2) == [0, 1])
    #expect(inspection.samples(ofClass: 1, count: 9) == [3, 4, 5])
    #expect(inspection.samples(ofClass: 2, count: 9).isEmpty)
  }

  @Test func refusesWhatIsNoFolderOfClasses() throws {
    let photos = try PhotoFolder(["a": 1])
    defer { extendLifetime(photos) }
    #expect(throws: DatasetError.tooFewClasses(path: photos.path, classes: ["a"])) {
      try FolderInspection(photos.path)
    }
  }
}
