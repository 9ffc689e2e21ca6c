import ArgumentParser
import Foundation
import Kilim

/// `divar export`: a saved model in another format.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a saved model in another format.",
    discussion: """
      keras: the model with class names and preprocessing, without the state of its training. safetensors, npz: the \
      weights by their names. onnx: the model for inference, with any number of examples at once.
      """)

  /// The formats that are written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case keras, safetensors, npz, onnx
  }

  @Argument(help: "The model, a .keras file or a whole model in .h5.")
  var model: String

  @Option(help: "keras, safetensors, npz or onnx.")
  var format: Format

  @Option(help: "The file to write; the model's name with the ending of the format when left out.")
  var output: String?

  func run() throws {
    let network = try Sequential(contentsOf: model)
    let path = output ?? NSString(string: model).deletingPathExtension + ".\(format.rawValue)"
    guard path != model else { throw ValidationError("--output is the model itself") }
    switch format {
    case .keras: try network.save(to: path)
    case .safetensors: try Safetensors(tensors: network.state, metadata: network.metadata).write(to: path)
    case .npz: try NPZ(tensors: network.state).write(to: path)
    case .onnx: try network.exportONNX(to: path)
    }
    print("\(path): \(network.parameterCount + network.bufferCount) parameters")
  }
}
