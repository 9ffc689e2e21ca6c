import Glibc
import Serialization

/// A folder of photos and all folders that are read as a part of it, including targets of symbolic links.
package struct PhotoTree {
  /// All folders that are read.
  private let folders: Set<FileIdentity>

  /// Collects the folders. A folder that does not exist or cannot be read has no parts.
  package init(_ root: String) {
    var found: Set<FileIdentity> = []
    var waiting = [root]
    while let folder = waiting.popLast() {
      guard let identity = FileIdentity(folder), found.insert(identity).inserted else { continue }
      waiting += Self.entriesThatMayBeFolders(of: folder)
    }
    folders = found
  }

  /// Whether a path, which need not exist, is in the folder or is the folder itself. A path that leads in circles is in no
  /// folder.
  package func contains(_ path: String) -> Bool {
    var place = path
    // Linux follows the same number of links.
    var linksLeft = 40
    // A part of the path that does not exist yet will be in the last existing folder before it.
    while pathKind(place) == nil {
      let target = followingLink(place)
      if target != place { linksLeft -= 1 }
      guard linksLeft > 0 else { return false }
      place = target == place ? parent(of: place) : target
    }
    guard
      var path = realpath(place, nil).map({ pointer in
        defer { free(pointer) }
        return String(cString: pointer)
      })
    else { return false }
    while true {
      if let identity = FileIdentity(path), folders.contains(identity) { return true }
      if path == "/" { return false }
      path = parent(of: path)
    }
  }

  private static func entriesThatMayBeFolders(of folder: String) -> [String] {
    guard let entries = opendir(folder) else { return [] }
    defer { closedir(entries) }
    var found: [String] = []
    while let entry = readdir(entries) {
      let type = Int(entry.pointee.d_type)
      guard [Int(DT_DIR), Int(DT_LNK), Int(DT_UNKNOWN)].contains(type) else { continue }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      let path = "\(folder)/\(name)"
      if name != ".", name != "..", pathKind(path) == .folder { found.append(path) }
    }
    return found
  }
}
