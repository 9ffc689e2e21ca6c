import Data
import Tensor
import Testing

@Suite struct BinaryTargetsTests {
  @Test func giveOneColumnAsKeras() throws {
    let images = try PhotoFolder(["cat": 2, "dog": 2]).read(targets: .binary).images
    let batch = try images.batch([3, 0, 2])
    #expect(batch.targets == Tensor<Float>(shape: [3, 1], scalars: [1, 0, 1]))
    #expect(try images.selecting([0]).batch([0]).targets.shape == [1, 1])
    #expect(images.labelMode == .binary)
  }

  @Test func areRefusedForMoreThanTwoClasses() throws {
    let photos = try PhotoFolder(["a": 1, "b": 1, "c": 1])
    let error = #expect(throws: DatasetError.self) { try photos.read(targets: .binary) }
    #expect(error == .notTwoClasses(path: photos.path, classes: ["a", "b", "c"]))
    #expect(error?.description.contains("found 3 classes (a, b, c), expected exactly 2 for binary targets") == true)
  }
}
