import Foundation
import Kilim

/// Reads the model of a command.
///
/// - Parameters:
///   - path: a complete model with any file name, in the `.keras`, Keras's HDF5 or the ONNX format; or a checkpoint of
///     `divar train`, with its network in the file `network.keras` in the same folder; or the folder of a training, for
///     its model or, if it is not finished, for its best checkpoint.
///   - imageSize: the size of photos, where the file leaves it open.
///   - forLayers: whether the weights are not needed.
/// - Throws: as ``readModel(_:forLayers:choosing:)``.
func readModel(_ path: String, imageSize: ImageSize? = nil, forLayers: Bool = false) throws -> Model {
  try readModel(path, forLayers: forLayers, choosing: imageSize.chosen)
}

/// Reads the model of a command.
///
/// - Parameters:
///   - path: as for ``readModel(_:imageSize:forLayers:)``.
///   - forLayers: whether the weights are not needed.
///   - choice: chooses sizes that the file leaves open.
/// - Throws: `FileError` or `ModelFileError` if the file cannot be read, ``ModelReadingError`` if it is not a complete
///   model, or has no trained weights.
func readModel(_ path: String, forLayers: Bool = false, choosing choice: SizeChoice) throws -> Model {
  let file = try modelFile(path)
  switch try ModelFileFormat(contentsOf: file) {
  case .keras:
    let model = try readKeras(file, choice)
    guard forLayers || !model.lacksTrainedWeights else { throw ModelReadingError(untrained: file) }
    return model
  case .hdf5Model, .onnx: return try readWholeModel(file, choosing: choice)
  case .safetensors where try isCheckpoint(file): return try readCheckpoint(file)
  case let format: throw ModelReadingError(path: file, format: format)
  }
}

/// Reads a `.keras` file. If Keras wrote it, the loss that it was compiled with shows whether the outputs are logits.
private func readKeras(_ path: String, _ choice: SizeChoice) throws -> Model {
  let model = try readWholeModel(path, choosing: choice)
  // A loss or an optimizer that Kilim does not support is ignored here.
  if model.outputMeaning == nil, let training = try? KerasTraining(contentsOf: path, for: model),
    let meaning = training.loss.outputMeaning, meaning.isLogits, !model.endsInProbabilities
  {
    model.outputMeaning = meaning
  }
  return model
}

/// The file for a path. For the folder of a training it is the model or, if there is none yet, the best checkpoint that is not
/// damaged.
func modelFile(_ path: String) throws -> String {
  guard pathKind(path) == .folder else { return path }
  let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
  let model = "\(folder)/\(RunFolder.modelName)"
  if pathKind(model) == .file { return model }
  for checkpoints in ["\(folder)/\(RunFolder.checkpointsName)", folder].map({ Checkpoints($0) }) {
    if let (file, damaged) = checkpoints.usable {
      for problem in damaged { Console.warn("a damaged checkpoint is skipped: \(problem)") }
      Console.note("using \(file)")
      return file
    }
  }
  throw ModelReadingError(
    path: path, problem: "the folder holds neither a \(RunFolder.modelName) nor checkpoints of a training")
}

/// Whether a file of tensors is a checkpoint.
func isCheckpoint(_ path: String) throws -> Bool {
  try Safetensors(contentsOf: path).metadata["format"]?.hasPrefix("kilim checkpoint") ?? false
}

/// Reads a checkpoint into the network in the same folder.
private func readCheckpoint(_ path: String) throws -> Model {
  let network = NSString(string: path).deletingLastPathComponent + "/\(RunFolder.networkName)"
  let besides = network.hasPrefix("/") && !path.hasPrefix("/") ? String(network.dropFirst()) : network
  guard pathKind(besides) == .file else {
    throw ModelReadingError(
      path: path,
      problem: "it is a checkpoint, which holds weights without a network, and \(besides) is missing; "
        + "divar import \(path) --into MODEL --output NEW.keras puts the weights into a model with the same layers")
  }
  let model = try Model(contentsOf: besides)
  try withWeights(of: path, for: besides) { try model.load(checkpoint: path) }
  return model
}

/// Runs `load`, which loads the weights in a file into a model. If they do not fit, the error names both files.
func withWeights(of path: String, for model: String, _ load: () throws -> Void) throws {
  do {
    try load()
  } catch let error where error is StateError || error is PyTorchMatchingError {
    throw ModelReadingError(path: path, problem: "its weights do not fit the network in \(model): \(error)")
  }
}

/// A file that is not a model for divar.
struct ModelReadingError: Error, CustomStringConvertible {
  /// The file.
  let path: String
  /// The problem, and what the user can do.
  let problem: String

  init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }

  init(path: String, format: ModelFileFormat) {
    self.path = path
    let way =
      switch format {
      case .hdf5Weights, .npz, .safetensors:
        "divar import \(path) --into MODEL --output NEW.keras puts weights into a model with the same layers"
      case .pyTorch:
        "divar import \(path) --network NAME --output NEW.keras puts weights into a known network, --into MODEL into a model "
          + "with the same layers"
      default: "expected a whole model (.keras, .h5, .onnx), or a checkpoint of divar train"
      }
    problem = "it is \(format); \(way)"
  }

  /// The network beside checkpoints, which hold its weights.
  init(untrained path: String) {
    self.path = path
    problem =
      "it is the network of a training without trained weights, which are in the checkpoints beside it; name the folder "
      + "\(parent(of: path)), or a checkpoint in it"
  }

  /// A sentence for the user.
  var description: String { "\(path): \(problem)" }
}
