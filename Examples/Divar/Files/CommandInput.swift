import Kilim

/// Something that a command reads, and that its outputs must not replace.
struct CommandInput {
  /// What it is, for an error: `the model`.
  let name: String
  /// The files that are read. They need not exist.
  let files: [String]

  /// A single file.
  init(_ name: String, _ path: String) { (self.name, files) = (name, [path]) }

  private init(_ name: String, files: [String]) { (self.name, self.files) = (name, files) }

  /// A model, in all forms that ``readModel(_:forLayers:)`` takes. Of a folder of a training, it is the model and the checkpoints.
  static func model(_ path: String, _ name: String = "the model") -> CommandInput {
    guard pathKind(path) == .folder else {
      let isCheckpoint = path.hasSuffix(".safetensors")
      return CommandInput(name, files: [path] + (isCheckpoint ? ["\(parent(of: path))/\(RunFolder.networkName)"] : []))
    }
    let folders = [path, "\(path)/\(RunFolder.checkpointsName)"]
    let checkpoints = folders.map { Checkpoints($0) }.flatMap { [$0.best, $0.newest] }.compactMap(\.self)
    return CommandInput(
      name, files: ["\(path)/\(RunFolder.modelName)"] + checkpoints + folders.map { "\($0)/\(RunFolder.networkName)" })
  }

  /// The first of the files that is the one at a path, by whatever name.
  func file(at path: String) -> String? {
    guard let identity = FileIdentity(path) else { return nil }
    return files.first { FileIdentity($0) == identity }
  }
}

extension TrainCommand {
  /// The files that the training reads.
  var inputs: [CommandInput] {
    [CommandInput("the table of photos", data.data)] + backbone.inputs + photos.inputs
  }
}

extension BackboneOptions {
  /// The backbone, if there is one.
  var inputs: [CommandInput] { backbone.map { [.model($0, "the backbone")] } ?? [] }
}

extension TrainingPhotoOptions {
  /// The list of photos to leave out, if there is one.
  var inputs: [CommandInput] { without.map { [CommandInput("the list of photos to leave out", $0)] } ?? [] }
}
