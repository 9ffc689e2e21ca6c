import ArgumentParser
import Kilim

/// `--network`, with `--classes` and `--image-size`: a new network by its name.
struct NamedNetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A network by its name, such as MobileNetV2; a wrong name lists all of them.", valueName: "name"),
    transform: nonEmpty)
  var network: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The number of classes of the network. (default: 1000; of the original one: 11)", valueName: "count"),
    transform: wholeNumber(from: 1, to: 1_000_000))
  var classes: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The size of the photos that the network takes: 224, or height x width as 192x256. (default: that of the network)",
      valueName: "pixels"),
    transform: sizeInPixels)
  var imageSize: ImageSize?

  /// Whether an option is given that needs a network by its name.
  var lacksNetwork: Bool { network == nil && (classes != nil || imageSize != nil) }

  /// The network with its first weights; `nil` where none was named.
  func model() throws -> Model? {
    guard let network else { return nil }
    return try NamedNetwork(network).model(
      inputShape: imageSize.map { [3, $0.height, $0.width] }, classes: classes ?? 1000)
  }
}
