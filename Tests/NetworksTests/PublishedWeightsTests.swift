import Foundation
import Tensor
import Testing

@testable import Networks

/// How published weights want photos, against what torchvision and timm say; see `Fixtures/make_weights.py`.
struct PublishedWeightsTests {
  private struct Entry: Decodable {
    let network, origin, name, filter: String
    let size: Int
    /// The length that torchvision resizes the shorter side to.
    let side: Int?
    /// The share that timm crops to.
    let crop: Double?
    let mean, deviation: [Float]
  }

  private static func entries() throws -> [Entry] {
    let url = try #require(Bundle.module.url(forResource: "Fixtures/weights", withExtension: "json"))
    return try JSONDecoder().decode([Entry].self, from: Data(contentsOf: url))
  }

  @Test func photosAreThoseOfTorchvisionAndTimm() throws {
    for entry in try Self.entries() {
      let network = try NamedNetwork(entry.network)
      let weights = try #require(
        network.weights.first { $0.origin.rawValue == entry.origin && $0.name == entry.name },
        "\(entry.network) lacks \(entry.name)")
      let share = try #require(entry.crop ?? entry.side.map { Double(entry.size) / Double($0) })
      #expect(weights.imageSize == entry.size, "\(entry.name)")
      #expect(abs(weights.cropShare - share) < 1e-9, "\(entry.name)")
      #expect(weights.keepsProportions, "\(entry.name)")
      #expect(weights.filter.rawValue == entry.filter, "\(entry.name)")
      // Bytes become the same numbers.
      for byte: Float in [0, 100, 255] {
        let found = weights.pixels(Tensor(repeating: byte, shape: [3, 1, 1])).scalars
        for channel in 0..<3 {
          let expected = (byte / 255 - entry.mean[channel]) / entry.deviation[channel]
          #expect(abs(found[channel] - expected) < 1e-5, "\(entry.name)")
        }
      }
    }
  }

  /// The names of tensors tell timm's weights, but where both libraries have the same.
  @Test(
    arguments: [
      ("MobileNetV3Small", "timm mobilenetv3_small_100", [.timm]),
      ("MobileNetV3Small", "mobilenet_v3_small", [.torchvision]),
      ("ResNet18", "resnet18", [.torchvision, .timm]),
    ] as [(String, String, [PublishedWeights.Origin])])
  func namesTellWhoseWeightsTheyAre(network: String, kind: String, origins: [PublishedWeights.Origin]) throws {
    let weights = try NamedNetwork("torchvision-\(network)").weights(for: TorchWeights(kind).tensors)
    #expect(weights.map(\.origin) == origins)
  }

  @Test func everyPublishedWeightIsInTheReference() throws {
    let known = Set(try Self.entries().map { "\($0.network) \($0.name)" })
    for network in NamedNetwork.all {
      let weights = network.weights
      #expect(!weights.isEmpty, "\(network.name)")
      for each in weights where each.origin == .torchvision || each.origin == .timm {
        #expect(known.contains("\(network.name) \(each.name)"), "\(network.name) \(each.name)")
      }
      #expect(weights[0].imageSize == network.imageSize || weights[0].origin == .timm, "\(network.name)")
    }
  }
}
