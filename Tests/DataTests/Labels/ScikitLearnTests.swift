import Data
import Foundation
import Tensor
import TestSupport
import Testing

/// Splits, folds, weights and labels of random data against scikit-learn, which runs beside the test.
@Suite struct ScikitLearnTests {
  private struct Case: Encodable {
    let seed: UInt32
    let parts: Int
    let share: Double
    let labels: [String]
    let groups: [Int]
    let sets: [[String]]
    let rows: [[Float]]
    let split, stratifiedSplit: [[Int]]
    let plainFolds, stratifiedFolds, groupedFolds: [[Int]]
    let classWeights: [Float]
    let oneHot, indicators: [[Int]]
    let setClasses: [String]
    let mean, deviation: [Float]

    init(seed: UInt32) throws {
      var random = RandomGenerator(seed: UInt64(seed))
      let parts = 2 + random.integer(below: 4)
      // Each class has at least as many examples as there are folds.
      let names = ["ape", "bee", "Cat", "dög"].prefix(2 + random.integer(below: 3))
      let labels =
        names.flatMap { [String](repeating: $0, count: parts) } + (0..<30).map { _ in names.randomElement(&random) }
      let count = labels.count
      let groups = (0..<count).map { $0 < parts ? $0 : random.integer(below: 9) }
      let rows = (0..<count).map { _ in (0..<3).map { Float(10 * random.uniform() - 3) * Float(1 + $0) } }
      let sets = (0..<count).map { index in
        index < names.count ? [names[index]] : names.filter { _ in random.uniform() < 0.4 }
      }
      (self.seed, self.parts, share, self.labels, self.groups) = (seed, parts, 0.3, labels, groups)
      (self.sets, self.rows) = (sets, rows)
      let plain = try trainTestSplit(count: count, testSize: .share(0.3), seed: seed)
      let stratified = try trainTestSplit(stratifying: labels, testSize: .share(0.3), seed: seed)
      (split, stratifiedSplit) = ([plain.train, plain.test], [stratified.train, stratified.test])
      plainFolds = try folds(count: count, folds: parts, seed: seed).map(\.test)
      stratifiedFolds = try folds(stratifying: labels, folds: parts, seed: seed).map(\.test)
      groupedFolds = try folds(keepingTogether: groups, folds: parts).map(\.test)
      let pixel = Photo.pixels(Image(width: 1, height: 1, pixels: [0, 0, 0]), name: "pixel")
      let photos = try PhotoSet(Examples(labels.map { _ in pixel }, labels), imageSize: 1).images
      classWeights = try photos.classWeights
      oneHot = try LabelBinarizer(labels).transform(labels).integers
      let binarizer = try MultiLabelBinarizer(sets)
      (indicators, setClasses) = (binarizer.transform(sets).integers, binarizer.classes)
      let scaling = NumberScaling(rows: Tensor(shape: [count, 3], scalars: rows.flatMap(\.self)))
      (mean, deviation) = (scaling.mean, scaling.deviation)
    }
  }

  @Test(
    .enabled(if: PythonEnvironment.has("sklearn"), Comment(rawValue: "scikit-learn: \(PythonEnvironment.absence)")))
  func allIsAsInScikitLearn() throws {
    let folder = try TemporaryFolder()
    try JSONEncoder().encode((0..<20).map { try Case(seed: 100 + $0) }).write(
      to: folder.url.appending(path: "cases.json"))
    let (passed, output) = try PythonEnvironment.run(fixture("check_sklearn.py"), [folder.path("cases.json")])
    #expect(passed, "\(output)")
  }
}

extension Tensor<Float> {
  /// The rows as whole numbers.
  fileprivate var integers: [[Int]] { (0..<shape[0]).map { select($0).scalars.map { Int($0) } } }
}

extension Collection {
  /// An element at random.
  fileprivate func randomElement(_ random: inout RandomGenerator) -> Element {
    self[index(startIndex, offsetBy: random.integer(below: count))]
  }
}
