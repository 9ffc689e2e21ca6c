import Data
import NN
import Tensor
import Testing
import Training

/// A model takes from another one what it does not say itself, and nothing else.
@Suite struct CompletingTests {
  private func model(_ activation: Activation = .softmax) throws -> Sequential {
    try Sequential(input: [3, 8, 8], seed: 1) {
      GlobalAveragePool2D()
      Dense(2, activation: activation)
    }
  }

  /// The error of completing a model that has the first change from one that has the second, with the names of both.
  private func refusal(_ change: (Model) -> Void, _ otherChange: (Model) -> Void) throws -> String {
    let (own, other) = (try model(), try model())
    change(own)
    otherChange(other)
    let before = own.metadata
    let error = #expect(throws: FitError.self) {
      try own.complete(from: other, owner: "own.keras", otherOwner: "other.keras")
    }
    #expect(own.metadata == before)
    let text = "\(try #require(error))"
    #expect(text.contains("own.keras") && text.contains("other.keras"), "\(text)")
    return text
  }

  @Test func whatIsMissingIsTaken() throws {
    let (own, other) = (try model(), try model())
    other.classes = ["cat", "dog"]
    other.targetMeaning = .severalClasses(names: ["cat", "dog"])
    other.preprocessing = Preprocessing(imageSize: 8, colours: .bgr)
    other.outputMeaning = .probabilities
    other.knownNetwork = "toy"
    own.preprocessing = other.preprocessing
    try own.complete(from: other, owner: "own.keras", otherOwner: "other.keras")
    #expect(own.metadata == other.metadata)
    // A model that says more than the other one keeps it.
    try own.complete(from: model(), owner: "own.keras", otherOwner: "other.keras")
    #expect(own.metadata == other.metadata)
    // Logits are not the outputs of a softmax.
    let bare = try model(.linear)
    try bare.complete(from: other, owner: "own.keras", otherOwner: "other.keras")
    #expect(bare.outputMeaning == nil && bare.classes == ["cat", "dog"])
  }

  @Test func differencesAreNamed() throws {
    #expect(
      try refusal {
        $0.classes = ["a", "b"]
      } _: {
        $0.classes = ["a", "c"]
      }
      .contains("only own.keras has \"b\", only other.keras has \"c\""))
    #expect(
      try refusal {
        $0.classes = ["a", "b"]
      } _: {
        $0.classes = ["b", "a"]
      }.contains("the order differs"))
    #expect(
      try refusal {
        $0.preprocessing = Preprocessing(imageSize: 8, scale: 1)
      } _: {
        $0.preprocessing = Preprocessing(imageSize: 8)
      }.contains("scale"))
    // The same names, and another number of right ones.
    _ = try refusal {
      $0.classes = ["a", "b"]
    } _: {
      $0.classes = ["a", "b"]
      $0.targetMeaning = .severalClasses(names: ["a", "b"])
    }
    let scaling = NumberScaling(rows: Tensor(shape: [2, 2], scalars: [1, 1, 5, 3]))
    #expect(
      try refusal {
        $0.targetMeaning = .numbers(names: ["price", "weight"], scaling: scaling)
      } _: {
        $0.targetMeaning = .numbers(names: ["weight", "price"], scaling: scaling)
      }.contains("the numbers price, weight"))
    _ = try refusal {
      $0.targetMeaning = .numbers(names: ["price", "weight"], scaling: nil)
    } _: {
      $0.targetMeaning = .numbers(names: ["price", "weight"], scaling: scaling)
    }
  }
}
