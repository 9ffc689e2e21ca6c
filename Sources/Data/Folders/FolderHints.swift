import Serialization

/// Possible mistakes in the choice of a folder, in words.
///
/// - Parameters:
///   - root: the folder.
///   - classes: the names of its sub-folders.
///   - contents: for each sub-folder, the number of files directly in it, and its own sub-folders.
func folderHints(
  _ root: String, classes: [String], contents: [(fileCount: Int, folders: [String])]
) -> [String] {
  if areNamedAsParts(classes) {
    return [
      "\(root): the sub-folders \(shortList(classes)) are named as the parts of a split data set and are taken as "
        + "classes; to train on one part, read \(join(root, classes[0]))"
    ]
  }
  let folders = contents.flatMap(\.folders)
  if contents.allSatisfy({ $0.fileCount == 0 && !$0.folders.isEmpty }), folders.count > contents.count {
    return [
      "\(root): the sub-folders \(shortList(classes)) hold no photos of their own, only further folders "
        + "(\(shortList(folders))), and each is taken as one class; if the further folders are the classes, read "
        + "\(join(root, classes[0]))"
    ]
  }
  return []
}

/// Whether folders have the names that the parts of a split data set usually have.
func areNamedAsParts(_ folders: [String]) -> Bool {
  let names: Set<String> = [
    "train", "training", "trainset", "train_set", "val", "valid", "validation", "dev", "eval", "evaluation", "test",
    "testing", "testset", "test_set",
  ]
  return folders.allSatisfy { names.contains($0.lowercased()) }
}
