import ArgumentParser
import Kilim
import Serialization

/// Options for photos that a table lists, with their classes or numbers.
struct TableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The column with the files of the photos, if --data is a table: a .csv or .tsv file with the names of its columns in "
        + "the first line, or a .jsonl file with an object in each line. (default: the first column; in a .jsonl file, "
        + "\"file\")", valueName: "name"), transform: nonEmpty)
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
      "The columns with numbers to predict, instead of classes: price,weight. A name with a comma stands in quotes, as in "
        + "a .csv file.", valueName: "names"), transform: nonEmpty)
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

  /// What a command needs to know about the photos.
  enum Need {
    /// Their classes or numbers, to train and to measure.
    case targets
    /// The class of each; one class is enough, as for photos to add to others.
    case anyClass
    /// Nothing: what is known is read too.
    case photosAlone
  }

  /// Reads the photos of a folder or of a table.
  ///
  /// - Parameters:
  ///   - classes: all classes in the order of the outputs; by default those of the folder or of the table.
  ///   - need: what must be known about the photos.
  ///   - weights: the column of a table that says how much each photo counts in the loss.
  /// - Throws: the errors of the library; `ValidationError` if options and data do not fit together.
  func read(
    _ data: String, _ preprocessing: Preprocessing, classes: [String]? = nil, need: Need = .targets,
    weights: String? = nil, unreadable: UnreadablePolicy, storage: PhotoStorage = .automatic,
    targets: LabelMode = .oneHot, limits: ImageLimits
  ) throws -> PhotoData {
    func photos(_ source: some PhotoSource) throws -> PhotoData {
      PhotoData(
        try PhotoSet(
          source, preprocessing: preprocessing, unreadable: unreadable, storage: storage, targets: targets,
          limits: limits))
    }
    if let source = try source(data, classes: classes, need: need, weights: weights) { return try photos(source) }
    return PhotoData(
      try ImageFolder(
        data, preprocessing: preprocessing, classes: classes, unreadable: unreadable, storage: storage,
        targets: targets, limits: limits, leastClasses: need == .anyClass ? 1 : nil))
  }

  /// The photos that a table lists, or those of a folder with several classes for each; `nil` for a folder with one class for each.
  ///
  /// - Parameters:
  ///   - classes: all classes in the order of the outputs; by default those of the data.
  ///   - need: what must be known about the photos.
  ///   - weights: the column of a table that says how much each photo counts in the loss.
  /// - Throws: the errors of the library; `ValidationError` if options and data do not fit together.
  func source(
    _ data: String, classes: [String]? = nil, need: Need = .targets, weights: String? = nil
  ) throws -> (any PhotoSource)? {
    if isGiven, pathKind(data) == nil {
      throw ValidationError("--data \"\(data)\": there is no such file or folder")
    }
    if need == .anyClass, let option = optionOfOtherTargets {
      throw ValidationError("\(option) cannot be used here: each photo must have one class")
    }
    guard pathKind(data) == .file else {
      guard !isGiven, weights == nil else {
        throw ValidationError(
          "--path-column, --label-column, --number-columns, --weight-column and --photo-folder need a table; --data "
            + "\"\(data)\" is none")
      }
      return try labelSeparator.map { try FolderPhotos(data, separator: $0, classes: classes) }
    }
    let table = try readTable(data)
    guard table.rowCount > 0 else {
      throw TableError(path: data, found: "no rows", expected: "a row for each photo below the names of the columns")
    }
    guard let weights else { return try photos(of: table, from: data, classes: classes, need: need) }
    func weighted(_ source: some PhotoSource) throws -> any PhotoSource {
      try source.weighted(by: table.weights(weights))
    }
    return try weighted(photos(of: table, from: data, classes: classes, need: need))
  }

  /// The photos that a table lists.
  private func photos(
    of table: any Table, from data: String, classes: [String]?, need: Need
  ) throws -> any PhotoSource {
    let path = try pathColumn ?? firstColumn(of: table)
    if let numberColumns {
      let names = try self.names(in: numberColumns, of: table)
      return try table.photos(path: path, numbers: names, in: photoFolder)
    }
    guard let labelColumn else {
      if need == .photosAlone, labelSeparator == nil { return try table.photos(path: path, in: photoFolder) }
      throw ValidationError(
        "--data \"\(data)\" is a table with the columns \(table.columns.joined(separator: ", ")): name the one with the "
          + "classes by --label-column, or those with numbers by --number-columns")
    }
    if let lines = table as? JSONLines, lines.hasLists(labelColumn) {
      guard need != .anyClass else {
        throw ValidationError(
          "--label-column \(labelColumn) has a list of classes in --data \"\(data)\": each photo must have one class")
      }
      return try lines.photos(path: path, labels: labelColumn, classes: classes, in: photoFolder)
    }
    guard let labelSeparator else {
      // The library expects two classes, unless they are named.
      let only = need == .targets ? nil : try table.onlyClass(labelColumn)
      return try table.photos(
        path: path, label: labelColumn, classes: classes ?? only.map { [$0] }, in: photoFolder)
    }
    return try table.photos(
      path: path, labels: labelColumn, separator: labelSeparator, classes: classes, in: photoFolder)
  }

  /// An option for photos that have not one class each.
  var optionOfOtherTargets: String? {
    labelSeparator != nil ? "--label-separator" : numberColumns != nil ? "--number-columns" : nil
  }

  /// The folder that the paths of the photos begin in.
  func folder(ofPhotosIn data: String) -> String {
    pathKind(data) == .file ? photoFolder ?? parent(of: data) : data
  }

  /// Whether an option is given that only a table has.
  var isGiven: Bool {
    [pathColumn, labelColumn, numberColumns, photoFolder].contains { $0 != nil }
  }

  /// The column of the photos, if it is not named.
  private func firstColumn(of table: any Table) throws -> String {
    // The keys of a JSON object have no order.
    guard let first = table is JSONLines ? table.columns.first(where: { $0 == "file" }) : table.columns.first else {
      throw ValidationError("name the column with the files of the photos by --path-column")
    }
    return first
  }

  /// The names of columns in a list with commas.
  private func names(in list: String, of table: any Table) throws -> [String] {
    if table.columns.contains(where: { ExactText($0) == ExactText(list) }) { return [list] }
    let names = try csvFields(list)
    guard !names.contains("") else {
      throw ValidationError(
        "--number-columns \"\(list)\" has no name beside a comma; expected names such as price,weight")
    }
    var known: Set<ExactText> = []
    if let twice = names.first(where: { !known.insert(ExactText($0)).inserted }) {
      throw ValidationError("--number-columns names the column \"\(twice)\" twice")
    }
    return names
  }
}

/// Photos of files, whatever is known about them.
protocol PhotoSource: ExampleSource where Item == Photo {}

extension TablePhotos: PhotoSource {}
extension FolderPhotos: PhotoSource {}
extension WeightedExamples: PhotoSource where Base: PhotoSource {}

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
    (images, skipped, damaged, hints) = (set.images, set.skipped, set.damaged, set.hints)
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
