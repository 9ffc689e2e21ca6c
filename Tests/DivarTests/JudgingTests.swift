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

  private func json(_ arguments: String...) throws -> [String: Any] { try json(arguments: arguments) }

  private func json(arguments: [String]) throws -> [String: Any] {
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

  /// The photos of a class that is absent say nothing about it, and the means leave it out.
  @Test func absentClassesAreNamed() throws {
    let present = ["bird", "cat"].flatMap { kind in (0..<6).map { "photos/\(kind)/\($0).jpg,\(kind)" } }
    try (["file,kind"] + present).joined(separator: "\n").write(
      toFile: folder.path("some.csv"), atomically: true, encoding: .utf8)
    let arguments = ["evaluate", "first.keras", "--data", "some.csv", "--label-column", "kind"]
    let run = try DivarProcess(arguments, in: folder.url)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.contains("the classes dog, eel of first.keras have no photos"), "\(run.errors)")
    #expect(!run.output.contains("ROC AUC            undefined"), "\(run.output)")
    let analysis = try #require(json(arguments: arguments + ["--json"])["classification"] as? [String: Any])
    let (classes, macro) = (
      try #require(analysis["classes"] as? [[String: Any]]), try #require(analysis["macroAverage"] as? [String: Any])
    )
    for figure in ["f1", "recall", "averagePrecision", "rocAUC"] {
      let values = classes.filter { $0["support"] as? Int != 0 }.compactMap { $0[figure] as? Double }
      #expect(values.count == 2, "\(figure)")
      #expect(try abs(values.reduce(0, +) / 2 - #require(macro[figure] as? Double)) < 1e-9, "\(figure)")
    }
    let whole = try DivarProcess(["evaluate", "first.keras", "--data", "photos"], in: folder.url)
    #expect(!whole.errors.contains("no photos"), "\(whole.errors)")
  }

  /// A table of tags and of numbers, and two models of each.
  private func makeTable() throws {
    let rows = ["bird", "cat", "dog", "eel"].enumerated().flatMap { label, kind in
      (0..<6).map { "photos/\(kind)/\($0).jpg,\(kind)\($0 % 2 == 0 ? "|even" : ""),\(10 * label + $0),\($0)" }
    }
    try (["file,tags,price,weight"] + rows).joined(separator: "\n").write(
      toFile: folder.path("table.csv"), atomically: true, encoding: .utf8)
    let orders = [["bird", "cat", "dog", "eel", "even"], ["even", "eel", "dog", "cat", "bird"]]
    for (index, names) in orders.enumerated() {
      let tagger = try Sequential(input: [3, 16, 16], seed: UInt64(index)) {
        Flatten()
        Dense(5, activation: .sigmoid)
      }
      (tagger.classes, tagger.targetMeaning) = (names, .severalClasses(names: names))
      let pricer = try Sequential(input: [3, 16, 16], seed: UInt64(index)) {
        Flatten()
        Dense(2)
      }
      pricer.targetMeaning = .numbers(names: ["price", "weight"], scaling: nil)
      for (name, model) in [("tagger", tagger), ("pricer", pricer)] {
        model.preprocessing = Preprocessing(imageSize: 16)
        try model.save(to: folder.path("\(name)\(index).keras"))
      }
    }
  }

  /// The models have the classes in different orders.
  @Test func modelsOfSeveralClassesAreCompared() throws {
    try makeTable()
    let options = ["--data", "table.csv", "--label-column", "tags", "--label-separator", "|"]
    let object = try json(arguments: ["compare", "tagger0.keras", "tagger1.keras", "--json"] + options)
    let classes = try #require(object["classes"] as? [[String: Any]])
    #expect(classes.compactMap { $0["name"] as? String } == ["bird", "cat", "dog", "eel", "even"])
    let counts =
      try classes.map { try #require($0["counts"] as? [String: Int]) } + [
        try #require(object["counts"] as? [String: Int])
      ]
    #expect(counts.allSatisfy { $0.values.reduce(0, +) == 24 })
    // No more photos have all classes right than have one of them right.
    let whole = try #require(object["firstAccuracy"] as? Double)
    #expect(classes.compactMap { $0["firstAccuracy"] as? Double }.allSatisfy { $0 >= whole })
    let same = try DivarProcess(["compare", "tagger0.keras", "tagger0.keras"] + options, in: folder.url)
    #expect(same.exitCode == 0 && same.output.contains("p = 1 exactly"), "\(same.output)\(same.errors)")
    #expect(same.output.contains("right answers about each class") && same.output.contains("\n  even  "))
    try expectError(
      ["compare", "tagger0.keras", "tagger1.keras", "--data", "table.csv", "--label-column", "tags"],
      "add --label-separator", folder: folder.url)
  }

  @Test func modelsOfNumbersAreCompared() throws {
    try makeTable()
    let options = ["--data", "table.csv", "--number-columns", "price,weight"]
    let object = try json(arguments: ["compare", "pricer0.keras", "pricer1.keras", "--json"] + options)
    let numbers = try #require(object["numbers"] as? [[String: Any]])
    #expect(numbers.compactMap { $0["name"] as? String } == ["price", "weight"])
    for number in numbers {
      let counts = ["firstCloser", "secondCloser", "equal"].compactMap { number[$0] as? Int }
      #expect(counts.count == 3 && counts.reduce(0, +) == 24)
      let p = try #require(number["pValue"] as? Double)
      #expect(p > 0 && p <= 1)
    }
    // The error of the command is that of divar evaluate.
    let evaluated = try json(arguments: ["evaluate", "pricer1.keras", "--json"] + options)
    let own = try #require((evaluated["numbers"] as? [[String: Any]])?.first?["meanAbsoluteError"] as? Double)
    let error = try #require(numbers[0]["secondMeanAbsoluteError"] as? Double)
    #expect(abs(error - own) < 1e-9)
    let same = try DivarProcess(["compare", "pricer0.keras", "pricer0.keras"] + options, in: folder.url)
    #expect(same.exitCode == 0 && same.output.contains("Wilcoxon's signed-rank test: p = 1 "), "\(same.errors)")
    #expect(same.output.contains("mean absolute error of weight") && same.output.contains("equal errors          24"))
    try expectError(
      ["compare", "pricer0.keras", "tagger0.keras"] + options, "tagger0.keras", "--label-separator",
      folder: folder.url)
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

  /// Options are for the model that does not say the same itself, as a file of Keras.
  @Test func optionsFillInWhatAModelDoesNotSay() throws {
    let model = try Model(contentsOf: folder.path("first.keras"))
    model.metadata = [:]
    try model.save(to: folder.path("keras.keras"))
    let options = ["--classes", "bird,cat,dog,eel", "--colours", "bgr"]
    let object = try json(arguments: ["compare", "first.keras", "keras.keras", "--data", "photos", "--json"] + options)
    let own = try json("evaluate", "first.keras", "--data", "photos", "--json")
    let other = try json(arguments: ["evaluate", "keras.keras", "--data", "photos", "--json"] + options)
    func accuracy(_ object: [String: Any]) -> Double? {
      ((object["figures"] as? [String: Any])?["metrics"] as? [String: Any])?["accuracy"] as? Double
    }
    let expected = (try #require(accuracy(own)), try #require(accuracy(other)))
    #expect(abs(try #require(object["firstAccuracy"] as? Double) - expected.0) < 1e-5)
    #expect(abs(try #require(object["secondAccuracy"] as? Double) - expected.1) < 1e-5)
    let run = try DivarProcess(["compare", "first.keras", "keras.keras", "--data", "photos"] + options, in: folder.url)
    #expect(run.errors.contains("keras.keras as follows") && run.errors.contains("bgr"), "\(run.errors)")
    // Nobody needs the option.
    try expectError(
      ["compare", "first.keras", "second.keras", "--data", "photos", "--colours", "bgr"], "first.keras", "--colours",
      folder: folder.url)
    _ = try json(
      "compare", "first.keras", "second.keras", "--data", "photos", "--json", "--colours", "rgb", "--classes",
      "bird,cat,dog,eel")
  }
}
