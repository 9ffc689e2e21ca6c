import ArgumentParser
import Foundation
import Kilim
import Serialization

/// `divar features`: what a trained network makes of photos, as an array.
struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Writes the features that a trained network makes of photos.",
    discussion: """
      The features are an .npy file with one row for each photo. Beside it, a .csv file of the same name lists the photos in \
      the order of the rows, each with its class. The photos of a table may have several classes, numbers or neither; the \
      .csv file then has the classes with | between them, a column for each number, or the files alone.

      Several processes share the photos: mpirun -n 4 divar features … writes what one process does.
      """)

  @Argument(help: "The model: a .keras, .h5 or .onnx file, or the output folder of a training.")
  var model: String

  @OptionGroup var data: DataOption

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The .npy file to write.", valueName: "file"), transform: nonEmpty)
  var output: String

  @OptionGroup var overwrite: OverwriteOption

  @OptionGroup var options: FeatureOptions

  @OptionGroup(title: "Model") var meaning: PhotoMeaningOptions

  @OptionGroup(title: "Photos") var unreadable: UnreadableOptions

  @OptionGroup(title: "Photos") var limits: PhotoLimitOptions

  @OptionGroup(title: "Computing") var batch: BatchSizeOption

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func validate() throws {
    guard output.hasSuffix(".npy") else { throw ValidationError("--output \"\(output)\" must end in .npy") }
  }

  func run() throws {
    let distribution = try Distribution.ofStartedProcesses()
    threads.apply()
    let inputs = [CommandInput.model(model)]
    let file = try OutputFile(output, overwrite: overwrite.overwrite, outside: data.data, keeping: inputs)
    let list = try OutputFile(
      output.dropLast(4) + ".csv", overwrite: overwrite.overwrite, outside: data.data, keeping: inputs)
    let cachePath = try options.cachePath(outside: data.data)
    try checkThatPlacesDiffer([
      ("--output", file.path), ("the list of --output", list.path), ("--feature-cache", cachePath),
    ])
    let trunk = try Backbone(model, layer: options.layer, meaning: meaning)
    try MemoryNeed(running: trunk.model, batchSize: batch.batchSize).check("--batch-size \(batch.batchSize)")
    let photos = try advising {
      try data.table.read(
        data.data, trunk.preprocessing, need: .photosAlone, unreadable: unreadable.policy, storage: .streamed,
        limits: limits.limits)
    }
    try photos.reportProblems()
    let progress = FeatureProgress()
    let features = try withFeatures(from: model) {
      try FeatureCache(of: trunk.model, file: cachePath)
        .features(of: photos.images, batchSize: batch.batchSize, distribution: distribution) {
          progress.show("new", $0, $1)
        }
    }
    guard distribution?.isLeader != false else { return }
    try file.write { try features.features.writeNPY(to: $0) }
    try list.write { try writeAtomically(Array(Self.list(of: photos.images).utf8), to: $0) }
    try Console.print("\(output.withoutControls): \(features.features.shape)")
  }

  /// The photos with what is known about them, as `divar predict --csv` writes it.
  private static func list(of photos: ImageDataset) -> String {
    let header: [String]
    switch photos.targetMeaning {
    case .oneClass: header = ["file", "class"]
    case .severalClasses: header = ["file", "classes"]
    case .numbers(let names, _): header = ["file"] + names
    case .unknown, nil: header = ["file"]
    }
    let lines = photos.paths.enumerated().map { index, path in
      let known = photos.target(at: index)
      if case .severalClasses = photos.targetMeaning { return csvLine([path, known.joined(separator: "|")]) }
      return csvLine([path] + known)
    }
    return ([csvLine(header)] + lines).joined(separator: "\n") + "\n"
  }
}
