import ArgumentParser
import Kilim

/// Options for photos that a table lists, with their classes or numbers.
struct TableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The column with the files of the photos, if --data is a table: a .csv or .tsv file with the names of its columns in "
        + "the first line. (default: the first column)", valueName: "name"), transform: nonEmpty)
  var pathColumn: String?

  @Option(help: ArgumentHelp("The column with the class of each photo.", valueName: "name"), transform: nonEmpty)
  var labelColumn: String?

  @Option(
    help: ArgumentHelp(
      "The character between the classes of a photo that has several, such as \"|\", in the column or, if --data is a folder, "
        + "in the names of its sub-folders. Any number of them may be right.",
      valueName: "character"), transform: oneCharacter)
  var labelSeparator: Character?

  @Option(
    help: ArgumentHelp(
      "The columns with numbers to predict, instead of classes: price,weight.", valueName: "names"), transform: nonEmpty
  )
  var numberColumns: String?

  @Option(
    help: ArgumentHelp(
      "The folder that the paths in the table begin in. (default: that of the table)", valueName: "folder"),
    transform: nonEmpty)
  var photoFolder: String?

  func validate() throws {
    guard labelColumn == nil || numberColumns == nil else {
      throw ValidationError("--label-column and --number-columns cannot be used together")
    }
    guard labelSeparator == nil || numberColumns == nil else {
      throw ValidationError("--label-separator and --number-columns cannot be used together")
    }
  }

  /// Reads the photos of a folder or of a table.
  ///
  /// - Parameter classes: all classes in the order of the outputs; by default those of the folder or of the table.
  /// - Throws: the errors of the library; `ValidationError` if options and data do not fit together.
  func read(
    _ data: String, _ preprocessing: Preprocessing, classes: [String]? = nil, unreadable: UnreadablePolicy,
    storage: PhotoStorage = .automatic, targets: LabelMode = .oneHot, limits: ImageLimits
  ) throws -> PhotoData {
    func photos(_ source: some ExampleSource<Photo, some ExampleTarget>) throws -> PhotoData {
      PhotoData(
        try PhotoSet(
          source, preprocessing: preprocessing, unreadable: unreadable, storage: storage, targets: targets,
          limits: limits))
    }
    guard pathKind(data) == .file else {
      guard [pathColumn, labelColumn, numberColumns, photoFolder].allSatisfy({ $0 == nil }) else {
        throw ValidationError(
          "--path-column, --label-column, --number-columns and --photo-folder need a table; --data \"\(data)\" is none")
      }
      if let labelSeparator {
        return try photos(FolderPhotos(data, separator: labelSeparator, classes: classes))
      }
      return PhotoData(
        try ImageFolder(
          data, preprocessing: preprocessing, unreadable: unreadable, storage: storage, targets: targets,
          limits: limits))
    }
    let table = try CSVTable(contentsOf: data)
    let path = pathColumn ?? table.columns[0]
    if let numberColumns {
      let names = numberColumns.split(separator: ",").map(String.init)
      return try photos(table.photos(path: path, numbers: names, in: photoFolder))
    }
    guard let labelColumn else {
      throw ValidationError(
        "--data \"\(data)\" is a table with the columns \(table.columns.joined(separator: ", ")): name the one with the "
          + "classes by --label-column, or those with numbers by --number-columns")
    }
    guard let labelSeparator else {
      return try photos(table.photos(path: path, label: labelColumn, classes: classes, in: photoFolder))
    }
    return try photos(
      table.photos(
        path: path, labels: labelColumn, separator: labelSeparator, classes: classes, in: photoFolder))
  }
}

/// Photos to train or measure on, and what is worth saying about them.
struct PhotoData {
  /// The photos that are used.
  let images: ImageDataset
  private let skipped, damaged: [ImageError]
  private let hints: [String]

  /// The photos of a folder.
  init(_ folder: ImageFolder) {
    (images, skipped, damaged, hints) = (folder.images, folder.skipped, folder.damaged, folder.hints)
  }

  /// The photos of a table, or of a folder with several classes for each.
  init(_ set: PhotoSet) {
    (images, skipped, damaged, hints) = (set.images, set.skipped, set.damaged, [])
  }

  /// Prints hints, and the photos that are not used or used in part.
  func reportProblems() throws {
    for hint in hints { Console.warn(hint) }
    for file in skipped {
      try Console.print("left out: \(UnusablePhoto(file, canSkip: false).description.withoutControls)")
    }
    for file in damaged {
      try Console.print("used in part: \(UnusablePhoto(file, canSkip: false).description.withoutControls)")
    }
  }
}

@Sendable private func oneCharacter(_ text: String) throws -> Character {
  guard text.count == 1, let character = text.first else { throw OptionValueError(expected: "one character") }
  return character
}
