import Serialization

/// Names of files and folders that file systems, servers and other programs make. They are never classes or photos.
///
/// Hidden names, which begin with a dot, are left out too: `.DS_Store`, `._photo.jpg`, `.Trash-1000`, `.git`,
/// `.ipynb_checkpoints`, `.thumbnails`, `.@__thumb`, `.nfs0000000000000001`.
enum LeftBehind {
  /// In lower case; compared without regard to case.
  private static let names: Set<String> = [
    // Windows.
    "$recycle.bin", "system volume information", "thumbs.db", "ehthumbs.db",
    "ehthumbs_vista.db", "desktop.ini", "iconcache.db", "autorun.inf", "zbthumbnail.info", "picasa.ini",
    // macOS.
    "__macosx", "icon\r", "network trash folder", "temporary items", "thevolumesettingsfolder",
    "thefindbycontentfolder", "desktop db", "desktop df",
    // Linux and Android.
    "lost+found", "lost.dir",
    // Storage servers.
    "@eadir", "@tmp", "@sharebin", "@recycle", "@recently-snapshot", "@transcode", "#recycle", "#snapshot", "~snapshot",
    // Programs.
    "__pycache__",
  ]

  /// Names that are left out only in this spelling, since a class may have the same name in lower case.
  private static let upperCaseNames: Set<String> = ["RECYCLER", "RECYCLED"]

  /// Endings of files whose download has not ended.
  private static let unfinished = [
    ".part", ".partial", ".crdownload", ".opdownload", ".download", ".filepart", ".aria2",
  ]

  /// Whether a file or a folder of this name is left out.
  static func contains(_ name: String) -> Bool {
    if name.utf8.first == UInt8(ascii: ".") || upperCaseNames.contains(name) { return true }
    let name = name.lowercased()
    return names.contains(name) || isRecoveredFolder(name)
  }

  /// Whether a file of this name is left out, as one whose download has not ended.
  static func isUnfinishedDownload(_ name: String) -> Bool {
    let name = name.lowercased()
    return unfinished.contains { name.utf8.count > $0.utf8.count && name.hasSuffix($0) }
  }

  /// Whether a folder in `parent` belongs to CVS: a class may have the same name.
  static func isVersionControl(_ name: String, in parent: String) -> Bool {
    name == "CVS" && fileStatus(join(parent, name) + "/Entries") != nil
      && fileStatus(join(parent, name) + "/Repository") != nil
  }

  /// Whether this is a folder of files that `chkdsk` has recovered: `found.000`.
  private static func isRecoveredFolder(_ name: String) -> Bool {
    name.hasPrefix("found.") && name.utf8.count == 9 && name.utf8.dropFirst(6).allSatisfy { (48...57).contains($0) }
  }
}

/// The name of a file that shows that a training wrote its results or its checkpoints to a folder; nil when there is
/// none.
///
/// In the data, such a folder would be used as a class, and its charts as photos.
func trainingResult(among names: [String]) -> String? {
  if let file = names.first(where: { isCheckpoint($0) || $0.utf8.count > 6 && $0.hasSuffix(".keras") }) { return file }
  return names.contains("history.csv") && names.contains("curves.png") ? "history.csv" : nil
}

/// `step-000000138.safetensors`, with or without `-best` after the number.
private func isCheckpoint(_ name: String) -> Bool {
  guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return false }
  let digits = name.utf8.dropFirst("step-".utf8.count).prefix { (48...57).contains($0) }
  let rest = name.utf8.dropFirst("step-".utf8.count + digits.count)
  return digits.count >= 9 && (rest.elementsEqual(".safetensors".utf8) || rest.elementsEqual("-best.safetensors".utf8))
}
