import Data
import Foundation
import NN
import Serialization
import Tensor
import TestSupport
import Testing
import Training

/// Features that are computed once, and heads that are trained on them.
struct FeatureCacheTests {
  /// Counts the examples that a cache computes.
  private final class Counter {
    var count = 0
    func progress(_ done: Int, _ count: Int) { if done == count { self.count += count } }
  }

  private static func backbone(input: Shape = [3, 8, 8]) throws -> Sequential {
    try Sequential(input: input, seed: 5) {
      Conv2D(6, kernelSize: 3, padding: .same, activation: .relu)
      BatchNorm()
      GlobalAveragePool2D()
    }
  }

  private static func head(_ features: FeatureDataset, _ classes: Int = 2) throws -> Sequential {
    try Sequential(input: features.inputShape, seed: 9) { Dense(classes, activation: .softmax) }
  }

  @Test func featuresAreWhatTheBackboneMakes() throws {
    let photos = try Photos()("all", ["a": 5, "b": 6])
    let backbone = try Self.backbone()
    let features = try FeatureCache(of: backbone).features(of: photos, batchSize: 4)
    let direct = try backbone.predict(photos, batchSize: 4)
    #expect(features.count == 11)
    #expect(features.inputShape == [6])
    #expect(features.classes == ["a", "b"])
    #expect(features.targets == (try photos.batch(Array(0..<11))).targets)
    #expect(deviation(features.features, from: direct) < 1e-6)
  }

  @Test func featuresThatAreNoNumbersAreRefused() throws {
    let photos = try Photos()("all", ["a": 5, "b": 6])
    let backbone = try Self.backbone()
    try backbone.load(state: backbone.state.mapValues { Tensor<Float>(repeating: .nan, shape: $0.shape) })
    #expect(throws: FeatureError.notFinite(11, of: 11)) { try FeatureCache(of: backbone).features(of: photos) }
  }

  /// A photo has the same bits in every company: alone, in a part, in another order.
  @Test func aPartHasTheBitsOfTheWhole() throws {
    let photos = try Photos()("all", ["a": 9, "b": 9])
    let whole = try FeatureCache(of: Self.backbone()).features(of: photos, batchSize: 4)
    for part in [[3], [17, 0, 5, 5], Array((0..<18).reversed())] {
      let features = try FeatureCache(of: Self.backbone()).features(of: photos.selecting(part), batchSize: 4)
      #expect(features.features == whole.features.gathering(part))
    }
  }

  /// A photo and a row of numbers: the features of the photos are one of two inputs of the head.
  @Test func featuresAreOneOfSeveralInputs() throws {
    let photos = try Photos()("all", ["a": 20, "b": 20])
    let rows = try TensorDataset(rows: (0..<40).map { [Float($0) / 40, 1] })
    let cache = FeatureCache(of: try Self.backbone())
    let both = try CombinedDataset(inputs: ["photo": photos, "row": rows])
    let error = #expect(throws: FeatureError.severalValues("the data set", inputs: 2, outputs: 1)) {
      try cache.features(of: both)
    }
    #expect("\(try #require(error))".contains("CombinedDataset"))
    let (image, row) = (Input([3, 8, 8], name: "photo"), Input([2], name: "row"))
    let joined = try Model(
      inputs: [image, row], outputs: [concatenate([GlobalAveragePool2D()(image), row])])
    #expect(throws: FeatureError.severalValues("the backbone", inputs: 2, outputs: 1)) {
      try FeatureCache(of: joined).features(of: photos)
    }
    let features = try cache.features(of: photos)
    let data = try CombinedDataset(inputs: ["photo": features, "row": rows])
    let (seen, size) = (Input(features.inputShape, name: "photo"), Input([2], name: "row"))
    let head = try Model(
      inputs: [seen, size], outputs: [Dense(2, activation: .softmax)(concatenate([seen, size]))])
    let history = try head.fit(
      data, validationShare: 0.25, epochs: 2, batchSize: 8, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(history.epochs.count == 2 && history.epochs.allSatisfy { $0.validation != nil })
    #expect(try head.evaluate(data, loss: .categoricalCrossEntropy).predicted.shape == [40, 2])
  }

  @Test func eachExampleIsComputedOnce() throws {
    let (photos, counter) = (try Photos(), Counter())
    let all = try photos("all", ["a": 8, "b": 8])
    let path = photos.folder.path("features.safetensors")
    let cache = FeatureCache(of: try Self.backbone(), file: path)
    let (train, test) = try all.split(testShare: 0.25, seed: 1)
    _ = try cache.features(of: train, progress: counter.progress)
    #expect(counter.count == 12)
    _ = try cache.features(of: train, progress: counter.progress)
    #expect(counter.count == 12)
    // In another process, and for another split: the rest alone.
    let later = FeatureCache(of: try Self.backbone(), file: path)
    let again = try later.features(of: all, progress: counter.progress)
    #expect(counter.count == 16)
    #expect(again.features == (try FeatureCache(of: Self.backbone()).features(of: all)).features)
    _ = try later.features(of: test, progress: counter.progress)
    #expect(counter.count == 16)
    // Photos that were copied to another folder, with a class more.
    let more = try photos("more", ["a": 8, "b": 8, "c": 3])
    _ = try FeatureCache(of: Self.backbone(), file: path).features(of: more, progress: counter.progress)
    #expect(counter.count == 19)
  }

  /// The file is written on the way: what was computed before a photo that cannot be read is kept.
  @Test func whatWasDoneBeforeAnErrorIsKept() throws {
    let (photos, counter) = (try Photos(), Counter())
    _ = try photos("all", ["a": 6, "b": 6])
    let path = photos.folder.path("all/b/3.png")
    let file = photos.folder.path("features.safetensors")
    let photo = try readFile(path, limit: 1 << 20)
    let all = try ImageFolder(photos.folder.path("all"), imageSize: 8, storage: .streamed).images
    try writeAtomically(Array("no photo".utf8), to: path, replacing: .anyFile)
    #expect(throws: (any Error).self) {
      try FeatureCache(of: Self.backbone(), file: file).features(of: all, batchSize: 2)
    }
    try writeAtomically(photo, to: path, replacing: .anyFile)
    _ = try FeatureCache(of: Self.backbone(), file: file).features(of: all, progress: counter.progress)
    #expect((1...11).contains(counter.count), "\(counter.count)")
  }

  @Test func arraysAreRecognizedByTheirNumbers() throws {
    let counter = Counter()
    let inputs = hashed(1, [10, 3, 8, 8], 1)
    let data = try TensorDataset(inputs: inputs, targets: Tensor((0..<10).map { Float($0) }))
    let cache = FeatureCache(of: try Self.backbone())
    let features = try cache.features(of: data, progress: counter.progress)
    #expect(features.targets == data.targets)
    let half = try TensorDataset(inputs: inputs.slice(5..<10, axis: 0), targets: Tensor(zeros: [5]))
    let known = try cache.features(of: half, progress: counter.progress)
    #expect(counter.count == 10)
    #expect(known.features == features.features.gathering(Array(5..<10)))
    #expect(known.targets == Tensor(zeros: [5]))
  }

  @Test func otherWeightsHaveOtherFeatures() throws {
    let (photos, counter) = (try Photos(), Counter())
    let (all, path) = (try photos("all", ["a": 3, "b": 3]), photos.folder.path("features.safetensors"))
    let backbone = try Self.backbone()
    let cache = FeatureCache(of: backbone, file: path)
    let before = try cache.features(of: all, progress: counter.progress)
    backbone.parameters[0].value = backbone.parameters[0].value * 2
    let after = try cache.features(of: all, progress: counter.progress)
    #expect(counter.count == 12)
    #expect(before.features != after.features)
    #expect(before.origin != after.origin)
    // An option that no weight shows.
    let strided = try Sequential(input: [3, 8, 8], seed: 5) {
      Conv2D(6, kernelSize: 3, stride: 2, padding: .same, activation: .relu)
      BatchNorm()
      GlobalAveragePool2D()
    }
    let other = try FeatureCache(of: strided, file: path).features(of: all, progress: counter.progress)
    #expect(counter.count == 18)
    #expect(other.origin.backbone != before.origin.backbone)
  }

  @Test func viewsAreChangedAndStayTogether() throws {
    let photos = try Photos()("all", ["a": 6, "b": 6])
    let cache = FeatureCache(of: try Self.backbone())
    let augmentation = Augmentation(horizontalFlip: true, brightness: 0.3)
    let features = try cache.features(of: photos, views: 3, augmentation: augmentation, seed: 2)
    #expect(features.count == 36)
    #expect(features.targets == (try photos.batch((0..<36).map { $0 / 3 })).targets)
    let plain = try cache.features(of: photos)
    #expect(features.features.gathering((0..<12).map { 3 * $0 }) == plain.features)
    let first = features.features.gathering([0, 1, 2]).scalars
    #expect(Set([first[0], first[6], first[12]]).count == 3)
    #expect(features.features != (try cache.features(of: photos, views: 3, augmentation: augmentation)).features)
    #expect(
      features.features
        == (try FeatureCache(of: Self.backbone()).features(of: photos, views: 3, augmentation: augmentation, seed: 2))
        .features)
    // A third to validate with is four photos with all their views, so the head never sees one of them.
    let history = try Self.head(features).fit(
      features, validationShare: 1.0 / 3, epochs: 1, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(history.epochs.count == 1)
  }

  @Test func whatCannotWorkIsNamed() throws {
    let photos = try Photos()
    let all = try photos("all", ["a": 3, "b": 3])
    let cache = FeatureCache(of: try Self.backbone())
    #expect(throws: FeatureError.views(0)) { try cache.features(of: all, views: 0) }
    #expect(throws: FeatureError.sameViews(2)) { try cache.features(of: all, views: 2) }
    #expect(throws: FitError.inputShape(found: [3, 8, 8], expected: [3, 9, 9])) {
      try FeatureCache(of: Self.backbone(input: [3, 9, 9])).features(of: all)
    }
    let backbone = try Self.backbone()
    backbone.preprocessing = Preprocessing(imageSize: 8, colours: .bgr)
    let error = #expect(throws: FitError.self) { try FeatureCache(of: backbone).features(of: all) }
    #expect("\(error as Any)".contains("colours"))
  }

  @Test func filesOfOthersAreLeftAsTheyAre() throws {
    let photos = try Photos()
    let all = try photos("all", ["a": 3, "b": 3])
    let weights = photos.folder.path("weights.safetensors")
    try Safetensors(tensors: ["w": Tensor(zeros: [2])]).write(to: weights)
    let text = photos.folder.path("notes.txt")
    try writeAtomically(Array("my notes".utf8), to: text)
    for path in [weights, text, photos.folder.path("missing/features.safetensors")] {
      let before = try? Foundation.Data(contentsOf: URL(filePath: path))
      #expect(throws: (any Error).self) { try FeatureCache(of: Self.backbone(), file: path).features(of: all) }
      #expect(before == (try? Foundation.Data(contentsOf: URL(filePath: path))))
    }
    // One whose numbers were changed.
    let path = photos.folder.path("features.safetensors")
    _ = try FeatureCache(of: Self.backbone(), file: path).features(of: all)
    var bytes = [UInt8](try Foundation.Data(contentsOf: URL(filePath: path)))
    bytes[bytes.count - 2] ^= 1
    try writeAtomically(bytes, to: path)
    #expect(throws: ModelFileError.self) { try FeatureCache(of: Self.backbone(), file: path).features(of: all) }
  }

  @Test func featuresOfDifferentBackbonesDoNotMeet() throws {
    let photos = try Photos()
    let all = try photos("all", ["a": 6, "b": 6])
    let features = try FeatureCache(of: Self.backbone()).features(of: all)
    let other = try Self.backbone()
    other.parameters[1].value = Tensor(ones: [6])
    let otherFeatures = try FeatureCache(of: other).features(of: all)
    let head = try Self.head(features)
    let error = #expect(throws: FitError.self) {
      try head.fit(features, validation: otherFeatures, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect("\(error as Any)".contains("different backbones"))
    try head.fit(features, epochs: 1, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(throws: FitError.self) { try head.evaluate(otherFeatures, loss: .categoricalCrossEntropy) }
    #expect(throws: FitError.self) { try head.predict(otherFeatures) }
    #expect(throws: FeatureError.self) { try other.followed(by: head) }
  }

  /// Weights that stand only in the batches of a data set.
  @Test func weightsInBatchesAreThoseOfTheFeatures() throws {
    struct Own: Dataset {
      var inputShape: Shape { [3, 8, 8] }
      var count: Int { 5 }
      var classes: [String] { [] }
      func batch(_ indices: [Int]) -> Batch {
        Batch(
          inputs: hashed(1, [5, 3, 8, 8], 1).gathering(indices), targets: Tensor(zeros: [indices.count, 1]),
          weights: Tensor(indices.map { Float($0) + 1 }))
      }
      func checksum() -> UInt64 { 0 }
    }
    let features = try FeatureCache(of: Self.backbone()).features(of: Own())
    #expect(features.sampleWeights == [1, 2, 3, 4, 5])
  }

  /// Statistics of differently prepared photos are refused as these are by `fit`.
  @Test func statisticsAreThoseOfPhotosThatAreMeant() throws {
    let photos = try Photos()
    let all = try photos("all", ["a": 3, "b": 3])
    let other = try photos("all", ["a": 3, "b": 3], colours: .bgr)
    let model = try Self.backbone()
    model.preprocessing = all.preprocessing
    try model.recomputeStatistics(from: all, batches: 1)
    let state = model.state
    #expect(throws: FitError.self) { try model.recomputeStatistics(from: other, batches: 1) }
    #expect(model.state == state)
  }

  /// Nor where they are one of two inputs.
  @Test func featuresOfDifferentBackbonesDoNotMeetBesideNumbers() throws {
    let all = try Photos()("all", ["a": 6, "b": 6])
    let other = try Self.backbone()
    other.parameters[1].value = Tensor(ones: [6])
    func data(_ backbone: Model) throws -> CombinedDataset {
      let features = try FeatureCache(of: backbone).features(of: all)
      return try CombinedDataset(inputs: [
        "photo": features, "size": TensorDataset(rows: Array(repeating: [1, 2], count: 12)),
      ])
    }
    let (photo, size) = (Input([6], name: "photo"), Input([2], name: "size"))
    let model = try Model(
      inputs: [size, photo], outputs: [Dense(2, activation: .softmax)(Concatenate()([photo, size]))], seed: 1)
    let (own, different) = (try data(Self.backbone()), try data(other))
    let error = #expect(throws: FitError.self) {
      try model.fit(own, validation: different, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect("\(error as Any)".contains("different backbones"))
    try model.fit(own, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(model.inputFeatures.keys.sorted() == ["photo"])
    _ = try model.evaluate(own, loss: .categoricalCrossEntropy)
    #expect(throws: FitError.self) { try model.evaluate(different, loss: .categoricalCrossEntropy) }
  }

  @Test func aBackboneAndItsHeadAreOneModel() throws {
    let photos = try Photos()("all", ["a": 6, "b": 6])
    let backbone = try Self.backbone()
    let features = try FeatureCache(of: backbone).features(of: photos)
    let head = try Sequential(input: [6], seed: 1) {
      Dense(4, activation: .relu)
      BatchNorm()
      Dense(2, activation: .softmax)
    }
    try head.fit(features, epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
    let model = try backbone.followed(by: head)
    #expect(model.names == ["conv2d", "batch_norm", "global_average_pool2d", "dense", "head_batch_norm", "dense_1"])
    #expect(model.classes == ["a", "b"])
    #expect(model.preprocessing == photos.preprocessing)
    #expect(model.featureOrigin == nil)
    #expect(model.outputMeaning == .probabilities)
    #expect(deviation(try model.predict(photos), from: head(features.features)) < 1e-6)
    #expect(throws: FeatureError.self) { try backbone.followed(by: Sequential(input: [7]) { Dense(2) }) }
  }

  /// Training with the cache is training with a frozen backbone, bit for bit.
  @Test func theHeadHasTheBitsOfTrainingWithTheBackbone() throws {
    let photos = try Photos()("all", ["a": 16, "b": 16])
    let backbone = try Self.backbone()
    let features = try FeatureCache(of: backbone).features(of: photos, batchSize: 8)
    func newHead() throws -> Sequential {
      try Sequential(input: [6], seed: 4) {
        Dense(5, activation: .relu)
        Dropout(0.3)
        Dense(2, activation: .softmax)
      }
    }
    let head = try newHead()
    try head.fit(features, epochs: 3, batchSize: 8, loss: .categoricalCrossEntropy, seed: 6, progress: .silent)
    let other = try newHead()
    let whole = try backbone.followed(by: other)
    backbone.isTrainable = false
    try whole.fit(photos, epochs: 3, batchSize: 8, loss: .categoricalCrossEntropy, seed: 6, progress: .silent)
    #expect(other.state == head.state)
  }
}
