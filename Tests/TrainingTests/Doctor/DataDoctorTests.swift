import Data
import NN
import Tensor
import Testing

@testable import Training

/// Wrong labels, near duplicates and outliers.
struct DataDoctorTests {
  /// The formulas of confident learning in NumPy and scikit-learn.
  @Test func confidentLearningCountsAsItsPaper() throws {
    let reference = try ConfidenceFixture.load().learning
    let labels = ConfidenceFixture.labels(23, 3)
    let changes = hashed(25, [ConfidenceFixture.count], 1).scalars
    let given = zip(labels, changes).map { $1 > 0.8 ? ($0 + 1) % 3 : $0 }
    let probabilities = ConfidenceFixture.logits(26, 2, labels: labels, classCount: 3).softmax().scalars
    let joint = ConfidentJoint(probabilities.map { Double($0) }, labels: given, classCount: 3)
    #expect(joint.counts == reference.joint)
    for (a, b) in zip(joint.thresholds, reference.thresholds) { #expect(abs(a - b) < 1e-6) }
    // Each label scaled to its number of examples.
    let sizes = (0..<3).map { label in given.count { $0 == label } }
    let wrong = reference.joint.enumerated().reduce(0.0) { sum, row in
      let all = row.element.reduce(0, +)
      return sum + Double(all - row.element[row.offset]) / Double(all) * Double(sizes[row.offset])
    }
    #expect(abs(joint.noiseShare - wrong / 300) < 1e-12)
  }

  /// scikit-learn's `NearestNeighbors` with the cosine.
  @Test func neighboursAreThoseOfScikitLearn() throws {
    let reference = try ConfidenceFixture.load().neighbours
    let features = ConfidenceFixture.features(ConfidenceFixture.labels(23, 3))
    let found = Neighbours(of: features, pairsFrom: 0.9, isCentred: true)
    #expect(found.nearest.prefix(40).map { $0 ?? -1 } == reference.first)
    for (index, tenth) in reference.tenth.enumerated() {
      #expect(abs(Double(found.tenth[index] ?? 0) - tenth) < 1e-5)
      let nearest = found.pairs.filter { $0.first == index || $0.second == index }.map(\.similarity).max()
      let expected = reference.similarity[index]
      if abs(expected - 0.9) > 1e-5 {
        #expect(expected < 0.9 ? nearest == nil : abs(Double(nearest ?? 0) - expected) < 1e-5)
      }
    }
    // Asked for a part, it finds the same neighbours.
    let part = Neighbours(of: features, asked: 20..<30, pairsFrom: 0.9, isCentred: true)
    #expect(part.nearest[20..<30] == found.nearest[20..<30])
    #expect(part.nearest[0] == nil)
  }

  /// Features of four classes that overlap. Every twentieth label is wrong, the first photo occurs again at the end, and the last
  /// but one photo is of something else.
  private static func dataset(views: Int = 1) throws -> (data: FeatureDataset, wrong: Set<Int>) {
    var labels = (0..<400).map { $0 % 4 }
    // Each class is shifted along 32 axes of its own, by about one standard deviation of the noise.
    let shifts = Tensor(shape: [4, 128], scalars: (0..<512).map { Float($0 % 128 / 32 == $0 / 128 ? 1.2 : 0) })
    var rows = (shifts.gathering(labels) + hashed(50, [400, 128], 2)).scalars
    rows.replaceSubrange(399 * 128..<400 * 128, with: rows[0..<128].map { $0 * 1.02 })
    rows.replaceSubrange(398 * 128..<399 * 128, with: (0..<128).map { $0 % 2 == 0 ? -6 : -5 })
    labels[399] = 1
    let wrong = Set(stride(from: 10, to: 390, by: 20))
    for example in wrong { labels[example] = (labels[example] + 2) % 4 }
    let targets = Tensor(oneHot: Tensor(labels.map { Float($0) }), classCount: 4)
    let repeated = (0..<400 * views).map { $0 / views }
    let data = FeatureDataset(
      features: Tensor(shape: [400, 128], scalars: rows).gathering(repeated), targets: targets.gathering(repeated),
      classes: ["a", "b", "c", "d"], views: views, origin: FeatureOrigin(backbone: 1, preprocessing: nil),
      keys: repeated.indices.map { UInt64($0) })
    return (data, wrong)
  }

  @Test(arguments: [1, 2]) func findsWhatIsPlanted(views: Int) throws {
    let (data, wrong) = try Self.dataset(views: views)
    let doctor = try DataDoctor(data)
    let found = Set(doctor.wrongLabels.map(\.example))
    // The classes overlap: of the wrong labels, 11 to 13 stand out in NumPy, depending on the folds, and of the others the copy.
    #expect(found.intersection(wrong).count >= 8, "\(wrong.subtracting(found))")
    #expect(found.subtracting(wrong).count <= 3, "\(found.subtracting(wrong))")
    for finding in doctor.wrongLabels where wrong.contains(finding.example) {
      #expect(finding.suggestion == finding.example % 4)
      #expect(finding.suggestionProbability >= 10 * finding.probability)
    }
    let ratios = doctor.wrongLabels.map { $0.probability / $0.suggestionProbability }
    #expect(ratios == ratios.sorted())
    #expect(doctor.nearDuplicates.first.map { [$0.first, $0.second] } == [0, 399])
    #expect(doctor.outliers.first?.example == 398)
    // Of examples like these, 0.35 % lie outside of the fence, if they are normally distributed.
    #expect(doctor.outliers.count <= 8)
    // 19 and the copy are wrong of 400: 0.05.
    let share = try #require(doctor.joint).noiseShare
    #expect((0.02...0.09).contains(share), "\(share)")
    // The same seed gives the same findings.
    #expect(try DataDoctor(data).wrongLabels == doctor.wrongLabels)
  }

  @Test func copiesAcrossASplitAreFound() throws {
    let (data, _) = try Self.dataset()
    func part(_ indices: [Int]) -> FeatureDataset {
      FeatureDataset(
        features: data.features.gathering(indices), targets: data.targets.gathering(indices), classes: data.classes,
        views: 1,
        origin: data.origin, keys: indices.map { UInt64($0) })
    }
    let (test, train) = (part(Array(300..<400)), part(Array(0..<300)))
    let found = try DataDoctor.nearDuplicates(of: test, in: train)
    #expect(found.first.map { [$0.first, $0.second] } == [99, 0])
    #expect(try DataDoctor.nearDuplicates(of: part(Array(300..<399)), in: train).isEmpty)
  }

  @Test func copiesAreNotLookedForAmongFeaturesOfAnotherBackbone() throws {
    let (data, _) = try Self.dataset()
    let other = FeatureDataset(
      features: data.features, targets: data.targets, classes: data.classes, views: 1,
      origin: FeatureOrigin(backbone: 2, preprocessing: nil), keys: data.keys)
    #expect(throws: FeatureError.self) { try DataDoctor.nearDuplicates(of: other, in: data) }
  }

  @Test func fewExamplesAreNoProblem() throws {
    for count in 1...5 {
      let data = FeatureDataset(
        features: hashed(60, [count, 3], 1), targets: Tensor((0..<count).map { Float($0 % 2) }), classes: ["a", "b"],
        views: 1,
        origin: FeatureOrigin(backbone: 1, preprocessing: nil), keys: (0..<count).map { UInt64($0) })
      _ = try DataDoctor(data)
    }
    let values = FeatureDataset(
      features: hashed(60, [4, 3], 1), targets: hashed(61, [4], 1), classes: [], views: 1,
      origin: FeatureOrigin(backbone: 1, preprocessing: nil), keys: [0, 1, 2, 3])
    #expect(throws: ConfidenceError.noClasses) { try DataDoctor(values) }
    let broken = FeatureDataset(
      features: hashed(60, [4, 3], 1) * Float.infinity, targets: Tensor([0, 1, 0, 1]), classes: ["a", "b"], views: 1,
      origin: FeatureOrigin(backbone: 1, preprocessing: nil), keys: [0, 1, 2, 3])
    #expect(throws: ConfidenceError.notFinite) { try DataDoctor(broken) }
  }
}
