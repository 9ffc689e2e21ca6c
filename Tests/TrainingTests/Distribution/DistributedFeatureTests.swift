import Data
import NN
import Tensor
import TestSupport
import Testing

@testable import Training

/// Features that several ranks compute together.
struct DistributedFeatureTests {
  private static func backbone() throws -> Sequential {
    try Sequential(input: [3, 8, 8], seed: 4) {
      Conv2D(4, kernelSize: 3, activation: .relu)
      GlobalAveragePool2D()
    }
  }

  /// Images with values from 0 to 1, as augmentation takes them.
  private static func images() throws -> TensorDataset {
    let data = try DistributedFitTests.data()
    return try TensorDataset(inputs: (data.inputs + 1) * 0.5, targets: data.targets, classes: data.classes)
  }

  /// They have the bits of one process, with views and a last part that is smaller. Rank 0's file is used by the next call.
  @Test(arguments: [1, 2, 3])
  func featuresAreThoseOfOneProcess(ranks: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("features.safetensors")
    let alone = try FeatureCache(of: Self.backbone()).features(
      of: Self.images(), views: 3, augmentation: .standard, batchSize: 4)
    for expected in [3 * 46, 0] {
      let results = try onRanks(ranks) { group in
        var computed = 0
        let features = try FeatureCache(of: Self.backbone(), file: group.rank == 0 ? path : nil).features(
          of: Self.images(), views: 3, augmentation: .standard, batchSize: 4,
          distribution: Distribution(group)
        ) { done, _ in computed = done }
        return (features.features.scalars, computed)
      }.map { try $0.get() }
      for result in results { #expect(result.0 == alone.features.scalars) }
      #expect(results[0].1 == expected)
    }
  }
}
