import Foundation
import NN
import Tensor
import Testing

@testable import Networks

/// Every network against the graph of Keras: names, classes, options, shapes, numbers of parameters and connections.
struct NetworkGraphTests {
  /// Those with more than 60 million parameters differ from smaller ones of their family in the numbers of a table alone.
  /// `KILIM_ALL_NETWORKS` has them checked as well, which takes a minute and several GB.
  static let names = NamedNetwork.keras.map(\.name).filter { !large.contains($0) || checksAll }
  static let large: Set = [
    "ResNet152", "ResNet152V2", "EfficientNetB7", "EfficientNetV2L", "VGG16", "VGG19", "NASNetLarge", "ConvNeXtBase",
    "ConvNeXtLarge", "ConvNeXtXLarge",
  ]
  static let checksAll = ProcessInfo.processInfo.environment["KILIM_ALL_NETWORKS"] != nil

  @Test(arguments: names)
  func graphIsKerass(name: String) throws {
    let network = try NamedNetwork(name)
    try expectKerassGraph(try network.model(), name)
  }

  typealias Make = @Sendable () throws -> Model

  /// Options, on images whose sides are no multiples of 32.
  static let options: [(name: String, make: Make)] = [
    ("ResNet50 features", { try .resNet(.layers50, inputShape: [3, 75, 97], head: .features()) }),
    (
      "ResNet50V2 maximum",
      { try .resNetV2(.layers50, inputShape: [3, 75, 97], head: .features(pooling: .maximum)) }
    ),
    (
      "MobileNet half",
      { try .mobileNet(inputShape: [3, 96, 65], classes: 10, alpha: 0.5, depthMultiplier: 2, dropout: 0.25) }
    ),
    ("MobileNet average", { try .mobileNet(inputShape: [3, 64, 64], head: .features(pooling: .average)) }),
    ("MobileNetV2 narrow", { try .mobileNetV2(inputShape: [3, 75, 97], classes: 10, alpha: 0.35) }),
    ("MobileNetV2 wide", { try .mobileNetV2(inputShape: [1, 96, 96], classes: 10, alpha: 1.4, head: .logits) }),
    ("MobileNetV2 maximum", { try .mobileNetV2(inputShape: [3, 64, 64], head: .features(pooling: .maximum)) }),
    (
      "MobileNetV3Small minimalistic",
      { try .mobileNetV3(.small, inputShape: [3, 75, 97], classes: 10, isMinimalistic: true) }
    ),
    (
      "MobileNetV3Large wide",
      {
        try .mobileNetV3(
          .large, inputShape: [3, 75, 97], classes: 10, alpha: 1.25, dropout: 0, includesPreprocessing: false)
      }
    ),
    (
      "MobileNetV3Large average",
      { try .mobileNetV3(.large, inputShape: [3, 64, 64], head: .features(pooling: .average)) }
    ),
    ("EfficientNetB0 features", { try .efficientNet(.b0, inputShape: [3, 75, 97], head: .features()) }),
    ("EfficientNetB0 ImageNet", { try .efficientNet(.b0, rescalesForImageNetWeights: true) }),
    (
      "EfficientNetV2B0 raw",
      { try .efficientNetV2(.b0, inputShape: [3, 75, 97], classes: 10, includesPreprocessing: false) }
    ),
    (
      "EfficientNetV2B0 grey",
      { try .efficientNetV2(.b0, inputShape: [1, 64, 64], head: .features(pooling: .average)) }
    ),
    ("DenseNet121 features", { try .denseNet(.layers121, inputShape: [3, 75, 97], head: .features()) }),
    ("VGG16 average", { try .vgg(.layers16, inputShape: [3, 64, 64], head: .features(pooling: .average)) }),
    ("ConvNeXtTiny average", { try .convNeXt(.tiny, inputShape: [3, 75, 97], head: .features(pooling: .average)) }),
    ("ConvNeXtTiny raw", { try .convNeXt(.tiny, inputShape: [3, 64, 64], classes: 10, includesPreprocessing: false) }),
    ("Xception average", { try .xception(inputShape: [3, 75, 97], head: .features(pooling: .average)) }),
    ("InceptionV3 maximum", { try .inceptionV3(inputShape: [3, 99, 97], head: .features(pooling: .maximum)) }),
    ("NASNetMobile odd", { try .nasNet(.mobile, inputShape: [3, 75, 97], classes: 10) }),
  ]

  @Test(arguments: options.map(\.name))
  func optionsAreKerass(name: String) throws {
    let make = try #require(Self.options.first { $0.name == name }?.make)
    try expectKerassGraph(make(), name)
  }

  /// FNV-1a, folded to 16 bits.
  private func checksum(_ line: String) -> UInt32 {
    let value = line.utf8.reduce(0x811C_9DC5) { (value: UInt32, byte) in (value ^ UInt32(byte)) &* 0x0100_0193 }
    return value >> 16 ^ value & 0xFFFF
  }

  private func expectKerassGraph(_ model: Model, _ name: String) throws {
    let expected = try #require(NetworkFixture.shared?.networks[name], "no \(name) in the fixture")
    let lines = layerLines(of: model).sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    let sums = lines.map { String(format: "%04x", checksum($0)) }
    let known = Set(
      stride(from: 0, to: expected.layers.utf8.count, by: 4).map { offset in
        String(expected.layers.dropFirst(offset).prefix(4))
      })
    let other = zip(lines, sums).filter { !known.contains($1) }.map(\.0)
    #expect(
      sums.joined() == expected.layers,
      """
      \(lines.count) layers, \(expected.layers.utf8.count / 4) expected. These are not Keras's:
      \(other.prefix(8).joined(separator: "\n"))
      Fixtures/networks.py "\(name)" prints Keras's.
      """)
    let given = model.layers.reduce(0) { $0 + (($1 as? DataNorm)?.given == nil ? 0 : 6) }
    #expect(model.parameterCount + model.bufferCount - given == expected.parameters)
    #expect(model.multiplyAdds == expected.multiplyAdds)
  }
}
