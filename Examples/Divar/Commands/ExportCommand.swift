import ArgumentParser
import Foundation
import Kilim

/// `divar export`: a saved model in another format.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a saved model in another format.",
    discussion: """
      The ending of the file to write, or --format, chooses the format. With --format, the file may be left out; it is \
      then named after the model. keras: the model with class names and preprocessing, without the state of its \
      training. safetensors, npz: the weights by their names. onnx: the model for inference, with any number of \
      examples at once.

      With --sealed, the file needs no other program to prepare photos and read answers. An .onnx file takes the \
      decoded pixels of one photo of any size, as bytes [height, width, 3] of red, green and blue, resizes them as \
      divar does, and gives the probabilities and the class. A .keras file takes photos [N, height, width, 3] of any \
      size if the model resizes by bilinearAntialiased and stretch, which is the default; otherwise of the size of the \
      input. It gives probabilities.

      The options of the model give what a file of another program does not say. --image-size chooses the size of photos \
      where a file leaves it open.
      """)

  /// The formats that are written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case keras, safetensors, npz, onnx
  }

  @Argument(help: "The model: a .keras, .h5 or .onnx file, a checkpoint, or the output folder of a training.")
  var model: String

  @OptionGroup var target: TargetArgument

  @Option(help: "The format to write. (default: by the ending of the file)")
  var format: Format?

  @Flag(help: "Put the preparation of photos and the reading of answers into the file (onnx, keras).")
  var sealed = false

  @OptionGroup var overwrite: OverwriteOption

  @OptionGroup(title: "Model") var meaning: PhotoMeaningOptions

  /// The format that is asked for, or that the ending of the file says.
  private func chosenFormat() throws -> Format {
    if let format { return format }
    guard let path = target.path else { throw ValidationError("name a file to write, or a --format") }
    guard let format = Format(rawValue: NSString(string: path).pathExtension.lowercased()) else {
      let endings = Format.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      throw ValidationError("\"\(path)\" has no ending of a format, \(endings); name a --format")
    }
    return format
  }

  func run() throws {
    let format = try chosenFormat()
    guard !sealed || format == .onnx || format == .keras else {
      throw ValidationError("--sealed needs a file of the format onnx or keras, found \(format.rawValue)")
    }
    let path = target.path ?? NSString(string: model).deletingPathExtension + ".\(format.rawValue)"
    let file = try OutputFile(path, overwrite: overwrite.overwrite, keeping: [.model(model)])
    let network = try readModel(model, imageSize: meaning.imageSize)
    if sealed {
      try meaning.completeForUse(network, from: model)
    } else {
      try meaning.complete(network, from: model)
    }
    if sealed, format == .keras, network.confidence?.rejection != nil {
      throw ModelMeaningError(
        path: model,
        problem: "a sealed .keras file cannot hold the rule for photos of none of the classes; write an .onnx file")
    }
    if !sealed, format == .onnx { leaveOutRule(thatDoesNotFit: path, of: network) }
    var takesAnySize = format == .onnx
    try file.write { path in
      switch format {
      case .keras where sealed: takesAnySize = try sealing { try network.exportSealedKeras(to: path) }
      case .onnx where sealed: try sealing { try network.exportSealedONNX(to: path) }
      case .keras: try network.save(to: path)
      case .safetensors: try Safetensors(tensors: network.state, metadata: network.metadata).write(to: path)
      case .npz: try NPZ(tensors: network.state).write(to: path)
      case .onnx: try network.exportONNX(to: path)
      }
    }
    if sealed, !takesAnySize, let size = network.preprocessing?.imageSize {
      Console.note(
        "\(path.withoutControls) takes photos that are resized to \(size) pixels already: Keras cannot resize as this model does; an "
          + ".onnx file takes photos of any size")
    }
    if sealed, takesAnySize, network.preprocessing?.decodesPartly == true {
      Console.note(
        "divar decodes a large JPEG at a part of its size, and programs that use this file at the full size, so their answers "
          + "differ a little; --exact makes them equal, for divar train, or for divar predict and evaluate with this model"
      )
    }
    try Console.print("\(path.withoutControls): \(counted(network.parameterCount + network.bufferCount, "parameter"))")
  }

  /// Removes the rule for photos of none of the classes if it looks at a layer that the file will not have.
  private func leaveOutRule(thatDoesNotFit path: String, of network: Model) {
    guard let confidence = network.confidence, let rule = confidence.rejection else { return }
    guard let copy = try? Model(onnx: network.onnxBytes(for: path), path: path) else { return }
    do {
      _ = try copy.showing(rule)
    } catch {
      network.confidence = confidence.withoutRejection
      Console.note(
        "\(path) has no layer \(rule.layer ?? ""); the rule for photos of none of the classes, which needs it, is left out"
      )
    }
  }

  /// Runs `seal`. The error of a model that cannot be sealed names its file.
  private func sealing<Result>(_ seal: () throws -> Result) throws -> Result {
    do {
      return try seal()
    } catch let error where error is SealingError || error is ConfidenceError {
      throw ModelMeaningError(path: model, problem: "\(error)")
    }
  }
}
