import Data
import Serialization
import Tensor
import Testing

/// One folder loaded twice: by a script with OpenCV and scikit-learn (`Fixtures/make_loader_fixtures.py`) and by Kilim.
@Suite struct PythonPipelineTests {
  private func array(_ name: String) throws -> Tensor<Float> {
    try Tensor(npyFile: fixture("photos-\(name).npy"))
  }

  /// Photos of nested folders, with spaces, `.JPEG`, gray, and one of the size asked for. The same photos are on the
  /// same side in the same order with the same labels; pixels are those of `cv2.imread` to the bit, and of `cv2.resize`,
  /// which computes with 11 bits, within one.
  @Test(arguments: [false, true])
  func givesTheArraysOfOpenCVAndScikitLearn(stratify: Bool) throws {
    let photos = try ImageFolder(
      fixture("photos"), imageSize: ImageSize(height: 16, width: 20), resize: .bilinear, colours: .bgr)
    #expect(photos.classes == ["10", "9", "Cat", "bird"])
    let (train, test) = try photos.split(testShare: 0.3, seed: 42, stratify: stratify)
    let name = stratify ? "stratified" : "plain"
    for (part, images) in [("train", train), ("test", test)] {
      let batch = try images.batch(Array(0..<images.count))
      #expect(try batch.targets == array("\(name)-\(part)-targets"))
      let expected = try array("\(name)-\(part)-inputs")
      try #require(batch.inputs.shape == expected.shape)
      let differences = zip(batch.inputs.scalars, expected.scalars).map { abs($0 * 255 - $1) }
      #expect(differences.allSatisfy { $0 < 1.001 })
      // Roundings of OpenCV: one value in eight.
      #expect(differences.count { $0 > 0.001 } < differences.count / 5)
    }
  }
}
