import Kilim
import Testing

/// The pipeline of photos gives a network what its `PixelScale` says.
struct PreprocessingNetworksTests {
  @Test(arguments: PixelScale.allCases)
  func photosOnAScale(pixels: PixelScale) throws {
    let bytes: [UInt8] = [0, 255, 10, 77, 1, 254, 128, 3, 2, 253, 200, 250]
    let image = Image(width: 2, height: 2, pixels: bytes)
    let preprocessing = Preprocessing(imageSize: 2, pixels: pixels)
    // The image has its colours beside each other, the tensor one behind the other.
    let planes = Tensor<Float>(shape: [2, 2, 3], scalars: bytes.map(Float.init)).permuted([2, 0, 1])
    let (found, expected) = (preprocessing(image).scalars, pixels(planes).scalars)
    #expect(found.count == expected.count)
    for (found, expected) in zip(found, expected) { #expect(abs(found - expected) <= 3 * 255 * Float.ulpOfOne) }
  }

  @Test func namedNetworks() throws {
    for network in NamedNetwork.all {
      let preprocessing = Preprocessing(for: network)
      #expect(preprocessing.inputShape == [3, network.imageSize, network.imageSize])
      #expect(preprocessing.colours == (network.pixels == .centredBGR ? .bgr : .rgb))
    }
  }
}
