import Foundation
import Kilim
import Testing

/// Data sets from files of `tf.keras.datasets`, as `make_file_fixtures.py` of the tests of `Data` writes one.
@Suite struct ArrayDatasetTests {
  private let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "DataTests/Fixtures/keras.npz").path

  @Test func picturesOfKerasHaveTheirClasses() throws {
    let gray = try TensorDataset(npz: path)
    #expect(gray.inputShape == [1, 4, 3] && gray.classes == ["0", "1", "2"] && gray.count == 6)
    #expect(gray.targets.scalars.prefix(6) == [0, 0, 1, 1, 0, 0])
    let colour = try TensorDataset(
      npz: path, images: "x_test", labels: "y_test", classes: CIFARPhotos.Kind.cifar10.classes, targets: .index)
    #expect(colour.inputShape == [3, 32, 32] && colour.targets.scalars == [3, 9, 0])
    let cifar = URL(filePath: path).deletingLastPathComponent().appending(path: "cifar10.bin").path
    let photos = try PhotoSet(CIFARPhotos(contentsOf: [cifar], kind: .cifar10), imageSize: 32).images
    let expected = try photos.batch([0, 1, 2]).inputs
    #expect(zip(colour.inputs.scalars, expected.scalars).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func whatIsMissingIsNamed() throws {
    let error = #expect(throws: ModelFileError.self) { try TensorDataset(npz: path, images: "x") }
    #expect("\(try #require(error))" == "\(path): x: missing")
    #expect(throws: DatasetError.self) { try TensorDataset(npz: path, images: "y_train") }
    #expect(throws: TargetValueError.self) { try TensorDataset(npz: path, classes: ["a", "b"]) }
    #expect(throws: (any Error).self) { try TensorDataset(npz: path, labels: "x_train") }
  }
}
