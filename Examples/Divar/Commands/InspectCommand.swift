import ArgumentParser
import Kilim

/// `divar inspect`: shows the content of a folder of photos.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Shows the content of a folder of photos, and what is wrong with it.",
    discussion: """
      Every file is decoded. A training stops with an error at a file that is listed as damaged, or leaves it out with \
      --skip-unreadable.

      With --backbone, the features that a trained network makes of the photos show which labels are likely wrong, which photos \
      occur twice, and which are unlike all others.

      Several processes share the photos: mpirun -n 4 divar inspect … prints what one process does.
      """)

  @Argument(help: "The folder with one sub-folder of photos for each class.")
  var folder: String?

  @Option(help: ArgumentHelp("The folder, named as in the other commands.", valueName: "folder"), transform: nonEmpty)
  var data: String?

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
    let inspection = try FolderInspection(folder, limits: limits.limits, distribution: distribution)
    if distribution?.isLeader != false { try report(inspection, of: folder, sheet: sheet) }
    try suspicions?.write(
      for: folder, listLimit: list == 0 ? .max : list, limits: limits.limits, distribution, thumbnail)
  }

  private func report(_ inspection: FolderInspection, of folder: String, sheet: OutputFile?) throws {
    try Console.print(
      InspectionReport(
        inspection, folder: folder, listLimit: list == 0 ? .max : list, hint: Self.listHint))
    for hint in inspection.hints { Console.warn(hint) }
    if let sheet {
      let drawn = ContactSheet.drawnCounts(rows: inspection.classes.count, columns: samples)
      let picture = try contactSheet(inspection, of: folder, drawn)
      try sheet.write { try picture.write(to: $0) }
      try Console.print("\(sheet.path.withoutControls): up to \(counted(drawn.columns, "photo")) of each class")
    }
  }

  /// The sheet of all classes. Only photos that it draws are decoded once more.
  private func contactSheet(
    _ inspection: FolderInspection, of folder: String, _ drawn: (rows: Int, columns: Int)
  ) throws -> ContactSheet {
    let counts = inspection.counts
    let rows = try inspection.classes.enumerated().map { label, name in
      let chosen = label < drawn.rows ? inspection.samples(ofClass: label, count: drawn.columns) : []
      let images = try chosen.map { try Bitmap(thumbnail(inspection.photos[$0].path)) }
      return ContactSheet.Row(
        title: name, remark: counted(counts[label], "photo"), images: images)
    }
    return ContactSheet(title: folder, rows: rows)
  }

  /// A photo, reduced to the size at which it is drawn: 96 points at two pixels per point.
  private func thumbnail(_ path: String) throws -> Image {
    let photo = try Image(contentsOfFile: path, limits: limits.limits)
    let share = min(1, 192 / Double(max(photo.width, photo.height)))
    let (height, width) = (Double(photo.height) * share, Double(photo.width) * share)
    return photo.resized(to: ImageSize(height: max(1, Int(height)), width: max(1, Int(width))), .bilinearAntialiased)
  }
}
