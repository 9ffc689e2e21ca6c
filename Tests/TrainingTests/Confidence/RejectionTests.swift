import Data
import Foundation
import NN
import Optim
import Tensor
import Testing

@testable import Training

/// Which examples are of none of the classes, and how a model keeps it.
struct RejectionTests {
  /// Examples of three classes around points that lie far from each other, and the features of a class between them.
  private static func examples(_ stream: UInt64, _ count: Int) -> (features: Tensor<Float>, labels: [Int]) {
    let labels = (0..<count).map { $0 % 3 }
    return (hashed(30, [3, 8], 4).gathering(labels) + hashed(stream, [count, 8], 1), labels)
  }

  private static func rule(accepting accepted: Double = 0.9) throws -> Rejection {
    let (known, labels) = examples(31, 300)
    return try #require(
      Rejection(
        learning: known, labels: labels, classCount: 3, heldOut: examples(32, 299).features, accepted: accepted, seed: 1
      )
    )
  }

  /// A tenth of the held-out examples is below the threshold; of 1,000 others, with three standard deviations of the two shares,
  /// 3 (0.09 / 299 + 0.09 / 1000)^½ = 0.06.
  @Test func theWantedShareIsAccepted() throws {
    let rule = try Self.rule()
    let heldOut = rule.scores(of: Self.examples(32, 299).features)
    #expect(heldOut.count { $0 < rule.threshold } == 29)
    let known = rule.scores(of: Self.examples(33, 1000).features)
    #expect(abs(Double(known.count { $0 < rule.threshold }) / 1000 - 0.1) < 0.06)
  }

  @Test func examplesOfSomethingElseAreRejected() throws {
    let rule = try Self.rule()
    for stream: UInt64 in [40, 41, 42] {
      let other = hashed(stream, [1, 8], 4) + hashed(43, [100, 8], 1)
      let rejected = rule.scores(of: other).count { $0 < rule.threshold }
      #expect(rejected > 80, "\(stream): \(rejected)")
    }
    #expect(rule.scores(of: Tensor(zeros: [2, 8])).allSatisfy { $0 < rule.threshold })
  }

  @Test func tooFewExamplesGiveNoRule() {
    let (known, labels) = Self.examples(31, 30)
    let few = Rejection(
      learning: known, labels: labels, classCount: 3, heldOut: Self.examples(32, 18).features, accepted: 0.95, seed: 1)
    #expect(few == nil)
  }

  @Test func aRuleSurvivesItsFile() throws {
    let rule = try Self.rule()
    let text = try JSONEncoder().encode(rule)
    #expect(try JSONDecoder().decode(Rejection.self, from: text) == rule)
    var parts = try #require(JSONSerialization.jsonObject(with: text) as? [String: Any])
    for (key, value) in [
      ("weight", "AAAA" as Any), ("weight", "!"), ("bias", [1.0]), ("examples", ""), ("factors", [1.0]),
      ("features", 0), ("features", Int.max), ("classes", -1), ("classes", Int.max), ("threshold", "high"),
      ("examples", Foundation.Data(repeating: 0xFF, count: 32).base64EncodedString()),
    ] {
      let before = parts[key]
      parts[key] = value
      let damaged = try JSONSerialization.data(withJSONObject: parts)
      #expect(throws: DecodingError.self, "\(key): \(value)") {
        try JSONDecoder().decode(Rejection.self, from: damaged)
      }
      parts[key] = before
    }
  }

  /// A head, joined with its backbone, says which photos are of none of the classes, before and after its file.
  @Test func aModelRejectsPhotos() throws {
    let photos = try Photos()
    let all = try photos("all", ["a": 60, "b": 60])
    let backbone = try Sequential(input: [3, 8, 8], seed: 5) {
      Conv2D(6, kernelSize: 3, padding: .same, activation: .relu)
      GlobalAveragePool2D()
    }
    let features = try FeatureCache(of: backbone).features(of: all)
    func head(_ part: any Dataset) throws -> Sequential {
      let head = try Sequential(input: features.inputShape, seed: 9) { Dense(2, activation: .softmax) }
      try head.fit(
        part, epochs: 5, optimizer: Adam(learningRate: 0.1), loss: .categoricalCrossEntropy, progress: .silent)
      return head
    }
    let trained = try head(features)
    let confidence = try Confidence(on: features, training: head)
    trained.confidence = confidence
    let model = try backbone.followed(by: trained)
    #expect(model.confidence?.rejection?.layer == "global_average_pool2d")
    #expect(model.confidence?.temperature == confidence.temperature)

    let predictor = try PhotoPredictor(model)
    let known = try (0..<120).map { try predictor.classify(all.image(at: $0)) }
    #expect(known.count(where: \.isUnknown) <= 12)
    #expect(known[0][0].name == "a" && known[119][0].name == "b")
    let pattern = Image(
      width: 8, height: 8, pixels: Array(repeating: [0, 0, 0, 255, 255, 255], count: 32).flatMap(\.self))
    #expect(try model.classify(pattern).isUnknown)

    // The temperature divides the logits.
    let features0 = try backbone.predict(all.batch([0]).inputs)
    let logits = trained(features0).log() * Float(1 / confidence.temperature)
    let shares = logits.softmax().scalars
    for answer in known[0] {
      let expected = shares[answer.name == "a" ? 0 : 1]
      #expect(abs(answer.probability - expected) < 1e-4)
    }

    // Another training makes it wrong.
    try trained.fit(features, epochs: 1, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(trained.confidence == nil)
  }

  /// After the backbone was trained too, the rule is learned anew, from what the model makes of the photos now.
  @Test func aFineTunedModelRejectsPhotos() throws {
    let all = try Photos()("all", ["a": 60, "b": 60])
    let (train, test) = try all.split(testShare: 0.3, seed: 2)
    let model = try Sequential(input: [3, 8, 8], seed: 5) {
      Conv2D(6, kernelSize: 3, padding: .same, activation: .relu)
      GlobalAveragePool2D().named("pool")
      Dense(2, activation: .softmax)
    }
    try model.fit(
      train, epochs: 8, optimizer: Adam(learningRate: 0.02), loss: .categoricalCrossEntropy, progress: .silent)
    let cache = FeatureCache(of: try model.upTo("pool"))
    let (known, heldOut) = (try cache.features(of: train), try cache.features(of: test))
    let evaluation = try model.evaluate(test, loss: .categoricalCrossEntropy)
    let confidence = try Confidence(
      evaluation, layer: "pool", learning: known, heldOut: heldOut, accepting: 0.9, seed: 1)
    #expect(confidence.temperature == (try Confidence(evaluation)).temperature)
    let rejection = try #require(confidence.rejection)
    #expect(rejection.layer == "pool")
    // Of 36 held-out photos, ⌊0.1 · 37⌋ = 3 are the lowest; the third is at the threshold, perhaps with others.
    let scores = rejection.scores(of: heldOut.features)
    #expect(scores.count { $0 < rejection.threshold } <= 2 && scores.count { $0 <= rejection.threshold } >= 3)
    model.confidence = confidence
    let pattern = Image(
      width: 8, height: 8, pixels: Array(repeating: [0, 0, 0, 255, 255, 255], count: 32).flatMap(\.self))
    #expect(try model.classify(pattern).isUnknown)
    let answers = try (0..<test.count).map { try model.classify(test.image(at: $0)) }
    #expect(answers.count(where: \.isUnknown) <= 3)
    // Another backbone makes other features.
    let other = try FeatureCache(of: Sequential(input: [3, 8, 8], seed: 6) { GlobalAveragePool2D() }).features(of: test)
    #expect(throws: FitError.self) { try Confidence(evaluation, learning: known, heldOut: other) }
    #expect(throws: ConfidenceError.self) {
      try Confidence(evaluation, learning: known, heldOut: heldOut, accepting: 1)
    }
  }

  /// A rule that was learned on one backbone says nothing about the features of another, though they are as many.
  @Test func aRuleOfAnotherBackboneIsAnError() throws {
    let photos = try Photos()
    let all = try photos("all", ["a": 30, "b": 30])
    func backbone(_ seed: UInt64) throws -> Sequential {
      try Sequential(input: [3, 8, 8], seed: seed) {
        Conv2D(6, kernelSize: 3, padding: .same, activation: .relu)
        BatchNorm()
        GlobalAveragePool2D().named("pool")
      }
    }
    func head(_ part: any Dataset) throws -> Sequential {
      let head = try Sequential(input: [6], seed: 9) { Dense(2, activation: .softmax) }
      try head.fit(part, loss: .categoricalCrossEntropy, progress: .silent)
      return head
    }
    let (own, other) = (try backbone(5), try backbone(6))
    let (features, otherFeatures) = (
      try FeatureCache(of: own).features(of: all), try FeatureCache(of: other).features(of: all)
    )
    let (trained, otherHead) = (try head(features), try head(otherFeatures))
    let confidence = try Confidence(on: features, accepting: 0.9, training: head)
    try #require(confidence.rejection != nil)

    // On a head.
    otherHead.confidence = confidence
    #expect(throws: FeatureError.self) { try other.followed(by: otherHead) }
    #expect(throws: ConfidenceError.self) { try otherHead.checkedConfidence() }
    trained.confidence = confidence
    _ = try trained.checkedConfidence()

    // On a whole model.
    let model = try own.followed(by: trained)
    _ = try model.classify(all.image(at: 0))
    otherHead.confidence = nil
    let wrong = try other.followed(by: otherHead)
    wrong.confidence = model.confidence
    let error = #expect(throws: ClassifyError.self) { try wrong.classify(all.image(at: 0)) }
    #expect(error == .confidence(.otherBackbone(layer: "pool")))
    // What is frozen, and how tensors are named and ordered, makes no difference.
    model.isTrainable = false
    _ = try model.classify(all.image(at: 0))
    #expect(own.checksumOfValues == (try model.upTo("pool")).checksumOfValues)
    #expect(own.checksumOfValues != other.checksumOfValues)

    // A rule of an earlier version says nothing about its features.
    let text = try JSONEncoder().encode(model.confidence)
    var parts = try #require(JSONSerialization.jsonObject(with: text) as? [String: Any])
    var rule = try #require(parts["rejection"] as? [String: Any])
    for key in ["origin", "backboneValues"] { try #require(rule.removeValue(forKey: key) != nil) }
    parts["rejection"] = rule
    wrong.confidence = try JSONDecoder().decode(
      Confidence.self, from: JSONSerialization.data(withJSONObject: parts))
    _ = try wrong.classify(all.image(at: 0))
  }

  @Test func aDamagedConfidenceIsAnError() throws {
    let model = try Sequential(input: [3, 8, 8], seed: 1) {
      GlobalAveragePool2D()
      Dense(2, activation: .softmax)
    }
    model.preprocessing = Preprocessing(imageSize: 8)
    model.classes = ["a", "b"]
    let photo = Image(width: 8, height: 8, pixels: Array(repeating: 9, count: 192))
    #expect(try !model.classify(photo).isUnknown)
    for text in ["", "{", "{}", "{\"temperature\": 0}", "{\"temperature\": 1, \"rejection\": {}}"] {
      model.metadata["confidence"] = text
      let error = #expect(throws: ClassifyError.self, "\(text)") { try model.classify(photo) }
      #expect("\(error as Any)".contains("confidence"))
    }
    var rule = try Self.rule()
    for layer in ["global_average_pool2d", "missing", nil] {
      rule.layer = layer
      let text = String(decoding: try JSONEncoder().encode(rule), as: UTF8.self)
      model.metadata["confidence"] = "{\"temperature\": 1, \"rejection\": \(text)}"
      #expect(throws: ClassifyError.self) { try model.classify(photo) }
    }
  }
}
