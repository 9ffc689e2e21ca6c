import ArgumentParser
import Kilim

/// `divar inspect`: shows the content of a folder of photos, or of a table that lists them.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Shows the content of a folder of photos, and what is wrong with it.",
    discussion: """
      A table (.csv, .tsv, .jsonl) may list the photos instead, with one class (--label-column), several classes \
      (--label-separator), numbers (--number-columns), or nothing but the files.

      Every file is decoded. A training stops with an error at a file that is listed as damaged, or leaves it out with \
      --skip-unreadable.

      With --backbone, the features that a trained network makes of the photos show which labels are likely wrong, which photos \
      occur twice, and which are unlike all others.

      Several processes share the photos: mpirun -n 4 divar inspect … prints what one process does.
      """)

  @Argument(
    help:
      "The folder with one sub-folder of photos for each class, or a table (.csv, .tsv, .jsonl) that lists the photos.")
  var folder: String?

  @Option(
    help: ArgumentHelp(
      "The folder or the table, named as in the other commands.", valueName: "folder or table"), transform: nonEmpty)
  var data: String?

  @OptionGroup(title: "Table") var table: TableOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A picture to write with some photos of each class; its name ends in .png, .svg or .pdf.", valueName: "file"))
  var output: String?

  @OptionGroup var overwrite: OverwriteOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of photos of each class in the picture. (default: 8)", valueName: "count"),
    transform: wholeNumber(from: 1, to: 100))
  var samples = 8

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The longest list to print; 0 prints all. (default: 20)", valueName: "lines"),
    transform: wholeNumber(from: 0))
  var list = 20

  @OptionGroup(title: "Likely mistakes") var doctor: DoctorOptions

  @OptionGroup var limits: PhotoLimitOptions

  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    guard (folder == nil) != (data == nil) else {
      throw ValidationError(
        folder == nil ? "the folder of photos is missing" : "the folder of photos is named twice; leave out --data")
    }
    guard doctor.backbone == nil || (table.labelSeparator == nil && table.numberColumns == nil) else {
      throw ValidationError(
        "--backbone cannot be used with --label-separator or --number-columns: each photo must have one class")
    }
  }

  /// How to see all of a list that is cut.
  static let listHint = "; --list 0 shows all"

  func run() throws {
    let distribution = try Distribution.ofStartedProcesses()
    threads.apply()
    let folder = folder ?? data ?? ""
    let sheet = try output.map { path in
      _ = try PictureFormat(path: path)
      return try OutputFile(path, overwrite: overwrite.overwrite, outside: folder, keeping: doctor.inputs)
    }
    let suspicions = try doctor.backbone.map { try SuspicionFiles(doctor, backbone: $0, overwrite, outside: folder) }
    try checkThatPlacesDiffer([("--output", output)] + (suspicions?.places ?? []))
    let inspection = try inspection(of: folder, distribution)
    if distribution?.isLeader != false { try report(inspection, of: folder, sheet: sheet) }
    try suspicions?.write(
      for: folder, table, listLimit: list == 0 ? .max : list, limits: limits.limits, distribution, thumbnail)
  }

  private func inspection(of folder: String, _ distribution: Distribution?) throws -> FolderInspection {
    // Without --backbone, there is something to see also if no column is named.
    let need: TableOptions.Need = doctor.backbone == nil ? .photosAlone : .targets
    func files(_ source: some PhotoSource) throws -> InspectedFiles { try InspectedFiles(source) }
    return try FolderInspection(folder, limits: limits.limits, distribution: distribution) {
      if let source = try table.source(folder, need: need) { return try files(source) }
      return try InspectedFiles(of: folder)
    }
  }

  private func report(_ inspection: FolderInspection, of folder: String, sheet: OutputFile?) throws {
    try Console.print(
      InspectionReport(
        inspection, folder: folder, listLimit: list == 0 ? .max : list, hint: Self.listHint))
    for hint in inspection.hints { Console.warn(hint) }
    if let sheet {
      let drawn = ContactSheet.drawnCounts(rows: max(1, inspection.classes.count), columns: samples)
      let picture = try contactSheet(inspection, of: folder, drawn)
      try sheet.write { try picture.write(to: $0) }
      let shown = counted(drawn.columns, "photo") + (inspection.classes.isEmpty ? "" : " of each class")
      try Console.print("\(sheet.path.withoutControls): up to \(shown)")
    }
  }

  /// The sheet of all classes, or of all photos where they have none. Only photos that it draws are decoded once more.
  private func contactSheet(
    _ inspection: FolderInspection, of folder: String, _ drawn: (rows: Int, columns: Int)
  ) throws -> ContactSheet {
    func row(_ title: String, ofClass label: Int?, _ count: Int) throws -> ContactSheet.Row {
      let chosen = label ?? 0 < drawn.rows ? inspection.samples(ofClass: label, count: drawn.columns) : []
      let images = try chosen.map { try Bitmap(thumbnail(inspection.photos[$0].path)) }
      return ContactSheet.Row(title: title, remark: counted(count, "photo"), images: images)
    }
    guard !inspection.classes.isEmpty else {
      return ContactSheet(title: folder, rows: [try row("all photos", ofClass: nil, inspection.photos.count)])
    }
    let counts = inspection.counts
    return ContactSheet(
      title: folder,
      rows: try inspection.classes.enumerated().map { try row($1, ofClass: $0, counts[$0]) })
  }

  /// A photo, reduced to the size at which it is drawn: 96 points at two pixels per point.
  private func thumbnail(_ path: String) throws -> Image {
    let photo = try Image(contentsOfFile: path, limits: limits.limits)
    let share = min(1, 192 / Double(max(photo.width, photo.height)))
    let (height, width) = (Double(photo.height) * share, Double(photo.width) * share)
    return photo.resized(to: ImageSize(height: max(1, Int(height)), width: max(1, Int(width))), .bilinearAntialiased)
  }
}
