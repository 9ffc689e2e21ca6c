import Tensor
import Testing

@testable import Training

struct LinearDiscriminantTests {
  /// scikit-learn's `LinearDiscriminantAnalysis` with `shrinkage=0.5`.
  @Test func theProbabilitiesAreThoseOfScikitLearn() throws {
    let reference = try ConfidenceFixture.load().discriminant.probabilities
    let labels = ConfidenceFixture.labels(23, 3)
    let features = ConfidenceFixture.features(labels)
    let discriminant = LinearDiscriminant(features, labels: labels, classCount: 3)
    let found = discriminant.scores(of: features.slice(0..<20, axis: 0)).softmax().scalars
    // The equations are solved up to 1e-5 of their right sides, and scores reach about 20.
    for (a, b) in zip(found, reference) { #expect(abs(Double(a) - b) < 2e-4) }
  }

  @Test func aClassWithoutExamplesIsNeverTheLikeliest() {
    let discriminant = LinearDiscriminant(hashed(1, [9, 4], 1), labels: [0, 0, 0, 2, 2, 2, 2, 0, 0], classCount: 3)
    let scores = discriminant.scores(of: hashed(2, [50, 4], 3))
    #expect(scores.argmax().scalars.allSatisfy { $0 != 1 })
    #expect(scores.scalars.allSatisfy { $0.isFinite })
  }

  @Test func oneExampleAndEqualExamplesAreNoProblem() {
    for features in [Tensor<Float>(ones: [1, 3]), Tensor(ones: [5, 3])] {
      let labels = (0..<features.shape[0]).map { $0 % 2 }
      let discriminant = LinearDiscriminant(features, labels: labels, classCount: 2)
      #expect(discriminant.scores(of: features).scalars.allSatisfy { $0.isFinite })
    }
  }
}
