import ArgumentParser
import Kilim

/// Options for a trained network that makes features of photos.
struct BackboneOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A trained model, as a .keras, .h5 or .onnx file that says how photos become inputs. divar import makes it from "
        + "a file of weights.", valueName: "model"), transform: nonEmpty)
  var backbone: String?

  @OptionGroup var features: FeatureOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How often each training photo is used: once as it is, then with random changes (--augment). (default: 1)",
      valueName: "count"), transform: wholeNumber(from: 1, to: 1000))
  var views = 1

  func validate() throws {
    if backbone == nil, features.layer != nil || features.featureCache != nil || views != 1 {
      throw ValidationError("--layer, --views and --feature-cache need --backbone")
    }
  }
}
