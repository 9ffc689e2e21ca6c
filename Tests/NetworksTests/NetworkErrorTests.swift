import NN
import Networks
import Tensor
import Testing

/// What no network can be made of is an error that says what was found.
struct NetworkErrorTests {
  @Test(arguments: [[224, 224, 3], [3, 31, 224], [224, 224], [0, 64, 64]] as [Shape])
  func inputsThatAreNoImages(shape: Shape) {
    #expect(throws: NetworkError.inputShape(shape, minimum: 32)) { try Model.mobileNetV2(inputShape: shape) }
    #expect(throws: NetworkError.inputShape(shape, minimum: 32)) {
      try NamedNetwork("resnet50").model(inputShape: shape)
    }
  }

  @Test func smallestInputsOfInceptions() {
    #expect(throws: NetworkError.inputShape([3, 74, 75], minimum: 75)) {
      try Model.inceptionV3(inputShape: [3, 74, 75])
    }
    #expect(throws: NetworkError.inputShape([3, 70, 71], minimum: 71)) { try Model.xception(inputShape: [3, 70, 71]) }
  }

  @Test(arguments: [0, -1, 17, .nan, .infinity] as [Double])
  func widths(alpha: Double) {
    for make in [
      { try Model.mobileNet(alpha: alpha) }, { try Model.mobileNetV2(alpha: alpha) },
      { try Model.mobileNetV3(.small, alpha: alpha) },
    ] {
      #expect {
        try make()
      } throws: {
        if case .width = $0 as? NetworkError { true } else { false }
      }
    }
  }

  @Test func countsAndRatesThatLayersRefuse() {
    let small: Shape = [3, 32, 32]
    #expect(throws: LayerError.self) { try Model.mobileNetV2(inputShape: small, classes: 0) }
    #expect(throws: LayerError.self) { try Model.mobileNet(inputShape: small, alpha: 0.01) }
    #expect(throws: LayerError.self) { try Model.mobileNet(inputShape: small, alpha: 0.25, dropout: 2) }
    #expect(throws: LayerError.self) { try Model.mobileNetV3(.small, inputShape: small, dropout: -1) }
  }

  @Test(arguments: ["mobilenetv2", "MobileNet V2", "mobilenet-v2", "MOBILENET_V2"])
  func namesInAnySpelling(name: String) throws {
    #expect(try NamedNetwork(name).name == "MobileNetV2")
  }

  @Test func aWrongNameListsAll() {
    #expect {
      try NamedNetwork("mobilenetv4")
    } throws: { error in
      "\(error)".hasPrefix("there is no network \"mobilenetv4\"; the networks are ResNet50, ")
        && NamedNetwork.all.allSatisfy { "\(error)".contains($0.name) }
    }
    #expect(Set(NamedNetwork.all.map(\.name)).count == NamedNetwork.all.count)
  }
}
