import ArgumentParser
import Kilim

/// Options of `divar inspect` for finding likely mistakes by the features of a trained network.
struct DoctorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A trained model, as for divar train --backbone. Its features of the photos show wrong labels, photos that occur "
        + "twice and photos of something else.", valueName: "model"), transform: nonEmpty)
  var backbone: String?

  @OptionGroup var features: FeatureOptions

  @Option(
    help: ArgumentHelp(
      "The .csv file for the list of suspicious photos; a .png file of the same name shows the worst ones. divar train "
        + "--without leaves these photos out. (default: suspicious.csv)", valueName: "file"), transform: nonEmpty)
  var suspicious: String?

  /// The backbone, if there is one.
  var inputs: [CommandInput] { backbone.map { [.model($0, "the backbone")] } ?? [] }

  func validate() throws {
    if backbone == nil, features.layer != nil || features.featureCache != nil || suspicious != nil {
      throw ValidationError("--layer, --feature-cache and --suspicious need --backbone")
    }
    if let suspicious, !suspicious.hasSuffix(".csv") {
      throw ValidationError("--suspicious \"\(suspicious)\" must end in .csv")
    }
  }
}
