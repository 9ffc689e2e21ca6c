import Foundation
import Kilim

/// The pictures that `divar explain` writes, checked before the work begins.
struct ExplanationFiles {
  /// The pictures of one photo.
  struct OfPhoto {
    /// The photo with what each method finds.
    let sheet: OutputFile
    /// The feature maps, if they are asked for.
    let maps: OutputFile?
  }

  /// Those of each photo.
  let photos: [OfPhoto]
  /// The filters, if they are asked for.
  let filters: OutputFile?

  /// Makes the folder, and finds a name for each picture: that of the photo, with a number if several photos share it.
  ///
  /// - Parameter data: the folder or the table of the photos, if they are not named one by one.
  /// - Throws: ``FolderError`` or ``OutputFileError``.
  init(
    _ folder: String, _ overwrite: Bool, photos: [String], outside data: String?, keeping model: CommandInput,
    hasMaps: Bool, _ hasFilters: Bool
  ) throws {
    try makeFolder(folder)
    let inputs = [model] + photos.map { CommandInput("the photo", $0) }
    func file(_ name: String) throws -> OutputFile {
      try OutputFile(
        join(folder, name), overwrite: overwrite, outside: data, keeping: inputs)
    }
    var taken: Set<String> = hasFilters ? ["filters"] : []
    var found: [OfPhoto] = []
    for path in photos {
      let base = NSString(string: NSString(string: path).lastPathComponent).deletingPathExtension
      let names = [base] + (2...).lazy.prefix(photos.count + 1).map { "\(base)-\($0)" }
      let name = names.first { !taken.contains($0) && !taken.contains("\($0)-maps") } ?? base
      taken.formUnion(hasMaps ? [name, "\(name)-maps"] : [name])
      found.append(OfPhoto(sheet: try file("\(name).png"), maps: hasMaps ? try file("\(name)-maps.png") : nil))
    }
    self.photos = found
    filters = hasFilters ? try file("filters.png") : nil
  }
}
