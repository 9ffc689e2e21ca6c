import ArgumentParser
import Kilim

/// Options for a trained network that makes features of photos.
struct BackboneOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A trained model, as a .keras, .h5 or .onnx file. It says how photos become inputs; divar import makes such a file of "
        + "weights.", valueName: "model"), transform: nonEmpty)
  var backbone: String?

  @Option(
    help: ArgumentHelp(
      "The layer that makes the features. (default: the last one before the classifier)", valueName: "name"),
    transform: nonEmpty)
  var layer: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How often each training photo is used: once as it is, then with random changes (--augment). (default: 1)",
      valueName: "count"), transform: wholeNumber(from: 1, to: 1000))
  var views = 1

  @Option(
    help: ArgumentHelp(
      "A file for the features. (default: features.safetensors in the output folder)", valueName: "file"),
    transform: nonEmpty)
  var featureCache: String?

  func validate() throws {
    if backbone == nil, layer != nil || featureCache != nil || views != 1 {
      throw ValidationError("--layer, --views and --feature-cache need --backbone")
    }
  }
}
