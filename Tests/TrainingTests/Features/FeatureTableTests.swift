import Tensor
import Testing

@testable import Training

@Suite struct FeatureTableTests {
  @Test func keepsTheFirstFeaturesOfAKey() {
    var table = FeatureTable(backbone: 1, shape: [2])
    table.add([7, 8], Tensor(shape: [2, 2], scalars: [1, 2, 3, 4]))
    table.add([7, 9], Tensor(shape: [2, 2], scalars: [5, 6, 7, 8]))
    #expect(table.count == 3)
    #expect(table.features(of: [7, 8, 9]) == Tensor(shape: [3, 2], scalars: [1, 2, 3, 4, 7, 8]))
  }
}
