import TestSupport
import Testing

/// `divar summary --network`.
struct SummaryTests {
  @Test func aNetworkByName() throws {
    let result = try DivarProcess(["summary", "--network", "mobilenetv2", "--classes", "10", "--image-size", "96"])
    #expect(result.exitCode == 0)
    // Keras's numbers; the multiply-adds are its 51 convolutions and the classifier.
    #expect(result.output.contains("Total parameters: 2,270,794"))
    #expect(result.output.contains("block_16_project (Conv2D)"))
  }

  @Test func aWrongNameListsTheNetworks() throws {
    let result = try DivarProcess(["summary", "--network", "mobilenetv9"])
    #expect(result.exitCode == 1 && result.output.isEmpty)
    #expect(result.errors.contains("there is no network \"mobilenetv9\"; the networks are ResNet50, ResNet101"))
  }

  @Test(arguments: [
    (["x.keras", "--network", "vgg16"], "A model and --network cannot be used together"),
    (["--classes", "3"], "--classes and --image-size need --network"),
    (["--network", "vgg16", "--image-size", "16"], "at least 32 rows and columns is needed"),
    (["--network", "vgg16", "--image-size", "1"], "at least 32 rows and columns is needed"),
  ])
  func optionsThatDoNotFit(arguments: [String], error: String) throws {
    let result = try DivarProcess(["summary"] + arguments)
    #expect(result.exitCode != 0 && result.output.isEmpty)
    #expect(result.errors.contains(error))
  }
}
