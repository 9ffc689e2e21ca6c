import Data
import Foundation
import NN
import Tensor
import Testing

@testable import Training

/// `validationShare` splits by the seed and by class.
@Suite struct ValidationShareTests {
  private func split(
    _ dataset: any Dataset, share: Double, seed: UInt64 = 0
  ) throws -> (train: any Dataset, validation: any Dataset) {
    try validationSplit(of: dataset, share: share, seed: seed)
  }

  @Test func everyClassIsOnBothSides() throws {
    // Sorted by class, as folders are.
    let targets = (0..<90).map { Float($0 / 30) }
    for form in [
      Tensor<Float>(targets), Tensor(shape: [90, 1], scalars: targets), Tensor(oneHot: Tensor(targets), classCount: 3),
    ] {
      let data = try TensorDataset(inputs: hashed(1, [90, 2], 1), targets: form, classes: ["a", "b", "c"])
      let (train, validation) = try split(data, share: 0.2)
      #expect((train.count, validation.count) == (72, 18))
      let labels = try #require(validation.classLabels)
      #expect((0..<3).map { label in labels.count { $0 == label } } == [6, 6, 6])
      // Nothing is lost, nothing is on both sides.
      let rows = try [train, validation].flatMap { part in
        try part.batch(Array(0..<part.count)).inputs.scalars.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      }
      #expect(rows.sorted() == data.inputs.slice(0..<1, axis: 1).scalars.sorted())
    }
  }

  /// Also where the classes are those of one of several inputs.
  @Test func everyClassOfAPartIsOnBothSides() throws {
    let labels = (0..<90).map { Float($0 / 30) }
    let rows = try TensorDataset(rows: (0..<90).map { [Float($0)] })
    let classes = try TensorDataset(
      inputs: hashed(1, [90, 2], 1), targets: Tensor(oneHot: Tensor(labels), classCount: 3), classes: ["a", "b", "c"])
    let data = try CombinedDataset(inputs: ["row": rows, "class": classes])
    let found = try #require(try split(data, share: 0.2).validation.classLabels)
    #expect((0..<3).map { label in found.count { $0 == label } } == [6, 6, 6])
  }

  /// keras: `int(math.floor(n * (1.0 - validation_split)))` are trained on.
  @Test(arguments: [(10, 0.3, 7), (10, 0.34, 6), (7, 0.5, 3), (5, 0.1, 4), (100, 0.29, 71), (3, 0.33, 2)])
  func sizesAreThoseOfKeras(count: Int, share: Double, trained: Int) throws {
    let data = try TensorDataset(inputs: hashed(1, [count, 2], 1), targets: hashed(2, [count, 1], 1))
    let (train, validation) = try split(data, share: share)
    #expect((train.count, validation.count) == (trained, count - trained))
  }

  @Test func theSeedDecides() throws {
    let data = try Toy.data()
    func inputs(_ seed: UInt64) throws -> [Float] {
      let part = try split(data, share: 0.25, seed: seed).validation
      return try part.batch(Array(0..<part.count)).inputs.scalars
    }
    #expect(try inputs(1) == inputs(1))
    #expect(try inputs(1) != inputs(2))
  }

  @Test func copiesOfAPhotoStayTogether() throws {
    let photos = try Photos()("base", ["a": 6, "b": 30])
    let balanced = try photos.balanced(seed: 1)
    try #require(balanced.count == 60)
    for seed in 0..<5 as Range<UInt64> {
      let parts = try split(balanced, share: 0.3, seed: seed)
      let train = try #require(parts.train as? ImageDataset)
      let validation = try #require(parts.validation as? ImageDataset)
      #expect(Set(train.paths).isDisjoint(with: validation.paths))
      #expect(train.count + validation.count == 60)
      #expect(Set(validation.labels) == [0, 1])
    }
  }

  /// The photo is one of several inputs, and its copies are files of their own.
  @Test func copiesOfAPhotoAmongSeveralInputsStayTogether() throws {
    let folder = try Photos()
    let photos = try folder("base", ["a": 12, "b": 12])
    // The photo 0 of a class is the same as the photos 20 and 21.
    for label in ["a", "b"] {
      for copy in 20...21 {
        try FileManager.default.copyItem(
          atPath: folder.folder.path("base/\(label)/0.png"), toPath: folder.folder.path("base/\(label)/\(copy).png"))
      }
    }
    let images = try ImageFolder(folder.folder.path("base"), imageSize: 8).images
    try #require(images.count == photos.count + 4)
    let rows = try TensorDataset(rows: (0..<images.count).map { [Float($0)] })
    let data = try CombinedDataset(inputs: ["photo": images, "row": rows])
    let isCopy = images.paths.map { path in ["/0.png", "/20.png", "/21.png"].contains { path.hasSuffix($0) } }
    for seed in 0..<10 as Range<UInt64> {
      let parts = try split(data, share: 0.3, seed: seed)
      let sides = try [parts.train, parts.validation].map { part in
        try part.batch(Array(0..<part.count)).allInputs[1].scalars.map { Int($0) }
      }
      for label in 0...1 {
        let copies = images.labels.indices.filter { images.labels[$0] == label && isCopy[$0] }
        try #require(copies.count == 3)
        #expect(sides.contains { Set(copies).isSubset(of: $0) })
      }
      #expect(sides.joined().sorted() == Array(0..<images.count))
    }
  }

  @Test func missingClassesAreWarnedOf() throws {
    let listener = Listener()
    func data(_ labels: [Float]) throws -> TensorDataset {
      try TensorDataset(
        inputs: hashed(1, [labels.count, 8], 1), targets: Tensor(labels), classes: ["a", "b", "c", "d"])
    }
    try Toy.model(4).fit(
      data([0, 0, 1, 1, 2]), validation: data([0, 1, 3]), loss: .sparseCategoricalCrossEntropy, callbacks: [listener],
      progress: .silent)
    #expect(
      listener.warnings == [
        "no training example of the class d, which the validation data has", "no validation example of the class c",
      ])
  }

  @Test func nothingLeftIsAnError() throws {
    for share in [0, 1, -0.1, 1.5, .nan, 0.999] {
      #expect(throws: FitError.self) { try split(Toy.data(10), share: share) }
    }
  }
}
