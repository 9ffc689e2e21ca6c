import Glibc
import Kilim

/// Checks that no two outputs of a command are the same file: one of them would be lost.
///
/// - Parameter outputs: the paths with the options that name them, as `the list of --output`; `nil` for options that are not given.
/// - Throws: ``OutputFileError``.
func checkThatPlacesDiffer(_ outputs: [(option: String, path: String?)]) throws(OutputFileError) {
  var taken: [ExactText: String] = [:]
  for (option, path) in outputs {
    guard let path else { continue }
    let place = ExactText(placeOfFile(path))
    if let other = taken[place] {
      throw OutputFileError(option: option, path: path, reason: "\(other) names the same file; name another one")
    }
    taken[place] = option
  }
}

/// Checks that a file beside the results of a training does not have the name of one of them.
///
/// - Parameters:
///   - option: the option that names the file.
///   - path: the file; `nil` if it is not given.
///   - folder: the output folder of the training.
/// - Throws: ``OutputFileError``.
func checkThatPlace(_ option: String, _ path: String?, isNoResultIn folder: String) throws(OutputFileError) {
  guard let path, placeOfFile(parent(of: path)) == placeOfFile(folder) else { return }
  let endings = [".keras", ".csv", ".txt", ".json", ".png", ".svg"]
  let place = placeOfFile(path)
  guard let ending = endings.first(where: { place.hasSuffix($0) }) else { return }
  throw OutputFileError(
    option: option, path: path,
    reason: "the training writes results with names in \(ending) to \(folder); name a file with another ending")
}

/// The place that a path names, which need not exist: without links, and without `.` and `..`, as far as it exists.
private func placeOfFile(_ path: String, linksLeft: Int = 40) -> String {
  if let found = realpath(path, nil) {
    defer { free(found) }
    return String(cString: found)
  }
  let target = followingLink(path)
  if target != path, linksLeft > 0 { return placeOfFile(target, linksLeft: linksLeft - 1) }
  let (folder, name) = (parent(of: path), path.utf8.split(separator: UInt8(ascii: "/")).last)
  guard folder != path, let name = name.flatMap({ String(Substring($0)) }) else { return path }
  // Nothing is known of what is behind a folder that does not exist.
  return name == "." ? placeOfFile(folder) : join(placeOfFile(folder), name)
}

extension TrainCommand {
  /// Checks that the outputs are files of their own.
  ///
  /// - Throws: ``OutputFileError``.
  func checkPlaces() throws(OutputFileError) {
    let places: [(option: String, path: String?)] = [
      ("--report", report), ("--cache", photos.cache), ("--feature-cache", backbone.features.featureCache),
    ]
    try checkThatPlacesDiffer(places)
    // A page ends in .html, as no result does.
    for (option, path) in places.dropFirst() { try checkThatPlace(option, path, isNoResultIn: output) }
  }
}
