import Data
import Foundation
import Testing

@testable import Training

/// A folder that several ranks inspect together.
struct DistributedInspectionTests {
  private let photos: Photos

  init() throws {
    photos = try Photos()
    for name in ["photos", "others"] { _ = try photos(name, ["cat": 3, "dog": 2]) }
    let (folder, files) = (photos.folder, FileManager.default)
    try files.copyItem(atPath: folder.path("photos/cat/1.png"), toPath: folder.path("photos/dog/copy.png"))
    try Data("no photo".utf8).write(to: URL(filePath: folder.path("photos/cat/note.jpg")))
    try files.createDirectory(atPath: folder.path("photos/none"), withIntermediateDirectories: true)
  }

  /// More ranks than files are among them.
  @Test(arguments: [1, 2, 3, 9])
  func resultsAreThoseOfOneProcess(ranks: Int) throws {
    let path = photos.folder.path("photos")
    let alone = try FolderInspection(path)
    for result in onRanks(ranks, { try FolderInspection(path, distribution: Distribution($0)) }) {
      let shared = try result.get()
      #expect(shared.photos == alone.photos && shared.unreadable == alone.unreadable)
      #expect(shared.classes == ["cat", "dog", "none"] && shared.hints == alone.hints)
      #expect(shared.duplicates == alone.duplicates && shared.contradictions.count == 1)
    }
  }

  /// On another machine, the same path may lead to other files. Here the ranks have other paths.
  @Test func ranksThatSeeOtherFilesAreNamed() throws {
    func inspect(_ names: [String]) -> [Result<Int, any Error>] {
      let paths = names.map { photos.folder.path($0) }
      return onRanks(paths.count) {
        try FolderInspection(paths[$0.rank], distribution: Distribution($0)).photos.count
      }
    }
    let other = inspect(["others", "photos"])
    let difference = "/others holds no more classes here and the class none there"
    #expect(message(of: other[0]).contains(difference), "\(other[0])")
    let missing = inspect(["others", "missing"])
    #expect(message(of: missing[0]).hasPrefix("rank 1 on host1 has failed: "), "\(missing[0])")
    #expect(message(of: missing[1]).contains("/missing"), "\(missing[1])")
  }
}
