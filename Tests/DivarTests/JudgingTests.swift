import Foundation
import Kilim
import TestSupport
import Testing

/// `divar evaluate --json` and `divar compare`.
@Suite struct JudgingTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["bird", "cat", "dog", "eel"])
    for (name, seed) in [("first", UInt64(1)), ("second", 2)] {
      let model = try Sequential(input: [3, 16, 16], seed: seed) {
        Flatten()
        Dense(4, activation: .softmax)
      }
      model.classes = ["bird", "cat", "dog", "eel"]
      model.preprocessing = Preprocessing(imageSize: 16)
      try model.save(to: folder.path("\(name).keras"))
    }
  }

  private func json(_ arguments: String...) throws -> [String: Any] {
    let run = try DivarProcess(arguments, in: folder.url)
    try #require(run.exitCode == 0, "\(run.errors)")
    return try #require(JSONSerialization.jsonObject(with: Foundation.Data(run.output.utf8)) as? [String: Any])
  }

  @Test func evaluationsAreJSON() throws {
    let object = try json("evaluate", "first.keras", "--data", "photos", "--json")
    let analysis = try #require(object["classification"] as? [String: Any])
    let confusion = try #require(analysis["confusion"] as? [[Int]])
    let mistakes = try #require(object["mistakes"] as? [[String: Any]])
    let right = confusion.indices.reduce(0) { $0 + confusion[$1][$1] }
    #expect(confusion.joined().reduce(0, +) == 24 && mistakes.count == min(20, 24 - right))
    #expect(
      (analysis["classes"] as? [[String: Any]])?.compactMap { $0["name"] as? String } == ["bird", "cat", "dog", "eel"])
    for mistake in mistakes {
      let expected = try #require(mistake["expected"] as? String)
      #expect(
        (mistake["image"] as? String)?.hasPrefix("photos/\(expected)/") == true
          && expected != mistake["predicted"] as? String)
    }
    let text = try DivarProcess(["evaluate", "first.keras", "--data", "photos", "--mistakes", "1"], in: folder.url)
    for word in ["top-3 accuracy", "ROC AUC", "calibration error", "by bootstrap", "surest"] {
      #expect(text.output.contains(word), "\(word): \(text.output)\(text.errors)")
    }
  }

  @Test func modelsAreCompared() throws {
    let object = try json("compare", "first.keras", "second.keras", "--data", "photos", "--json")
    let counts = try #require(object["counts"] as? [String: Int])
    #expect(counts.values.reduce(0, +) == 24)
    let accuracy = try #require(object["firstAccuracy"] as? Double)
    #expect(abs(accuracy * 24 - Double((counts["bothRight"] ?? 0) + (counts["onlyFirstRight"] ?? 0))) < 1e-9)
    let same = try DivarProcess(["compare", "first.keras", "first.keras", "--data", "photos"], in: folder.url)
    #expect(same.exitCode == 0 && same.output.contains("p = 1 exactly"), "\(same.output)\(same.errors)")
    try expectError(["compare", "first.keras", "none.keras", "--data", "photos"], "none.keras", folder: folder.url)
  }
}
