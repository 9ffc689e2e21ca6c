import Kilim
import Serialization

/// Looks for likely mistakes in a folder or a table of photos, and writes what it finds.
struct SuspicionFiles {
  private let backbone: String
  private let trunk: Backbone
  private let cachePath: String?
  private let list, sheet: OutputFile

  /// Reads the network and checks the outputs, before any photo is read.
  init(_ options: DoctorOptions, backbone: String, _ overwrite: OverwriteOption, outside folder: String) throws {
    let path = options.suspicious ?? "suspicious.csv"
    func file(_ path: String) throws -> OutputFile {
      try OutputFile(
        path, option: "--suspicious", overwrite: overwrite.overwrite, outside: folder, keeping: options.inputs)
    }
    (list, sheet) = (try file(path), try file(path.dropLast(4) + ".png"))
    cachePath = try options.features.cachePath(outside: folder)
    self.backbone = backbone
    trunk = try Backbone(backbone, layer: options.features.layer)
  }

  /// The outputs, with the options that name them.
  var places: [(option: String, path: String?)] {
    [("--suspicious", list.path), ("the picture of --suspicious", sheet.path), ("--feature-cache", cachePath)]
  }

  /// Computes the features, with other processes if there are any, prints what they show, and writes the list and the picture of
  /// the worst.
  func write(
    for data: String, _ table: TableOptions, listLimit: Int, limits: ImageLimits, _ distribution: Distribution?,
    _ thumbnail: (String) throws -> Image
  ) throws {
    // The inspection has listed what cannot be read.
    let photos = try table.read(
      data, trunk.preprocessing, unreadable: .skipping, storage: .streamed, limits: limits
    ).images
    let progress = FeatureProgress()
    let features = try withFeatures(from: backbone) {
      try FeatureCache(of: trunk.model, file: cachePath).features(of: photos, distribution: distribution) {
        progress.show("new", $0, $1)
      }
    }
    guard distribution?.isLeader != false else { return }
    let report = SuspicionReport(try DataDoctor(features), photos, folder: table.folder(ofPhotosIn: data))
    try Console.print(report.summary(listLimit: listLimit))
    try list.write { try writeAtomically(Array(report.csv.utf8), to: $0) }
    let picture = try report.contactSheet { Bitmap(try thumbnail($0)) }
    try sheet.write { try picture.write(to: $0) }
    try Console.print("\(list.path.withoutControls): the list; \(sheet.path.withoutControls): the worst")
  }
}
