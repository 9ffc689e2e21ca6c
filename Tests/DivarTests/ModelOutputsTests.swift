import Foundation
import Kilim
import TestSupport
import Testing

/// What the outputs of a model stand for: one class, several, or numbers; probabilities or logits; in which order.
@Suite struct ModelOutputsTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["cat", "dog", "eel"])
    let rows = ["cat", "dog", "eel"].flatMap { name in (0..<6).map { "photos/\(name)/\($0).jpg,\(name)|all,\($0),2" } }
    try (["file,tags,price,weight"] + rows).joined(separator: "\n").write(
      toFile: folder.path("photos.csv"), atomically: true, encoding: .utf8)
  }

  private func network(outputs: Int, _ activation: Activation, seed: UInt64 = 4) throws -> Sequential {
    let model = try Sequential(input: [3, 16, 16], seed: seed) {
      GlobalAveragePool2D()
      Dense(outputs, activation: activation)
    }
    model.preprocessing = Preprocessing(imageSize: 16)
    return model
  }

  private func classifier(_ name: String, _ classes: [String], seed: UInt64 = 4) throws {
    let model = try network(outputs: classes.count, .softmax, seed: seed)
    model.classes = classes
    try model.save(to: folder.path(name))
  }

  private func numbers() throws -> Sequential {
    let model = try network(outputs: 2, .linear)
    model.targetMeaning = .numbers(
      names: ["price", "weight"], scaling: NumberScaling(rows: Tensor(shape: [2, 2], scalars: [1, 1, 5, 3])))
    model.outputMeaning = .values
    try model.save(to: folder.path("numbers.keras"))
    return model
  }

  private func divar(_ arguments: String..., code: Int32 = 0) throws -> DivarProcess {
    let run = try DivarProcess(arguments, in: folder.url)
    #expect(run.exitCode == code, "\(arguments): \(run.output)\(run.errors)")
    return run
  }

  private func refused(_ arguments: String..., saying words: String...) throws {
    let run = try DivarProcess(arguments, in: folder.url)
    #expect(run.exitCode == 1 || run.exitCode == 64, "\(arguments): \(run.output)")
    for word in words { #expect(run.errors.contains(word), "\"\(word)\" is missing: \(run.errors)") }
  }

  private func probabilities(_ arguments: String...) throws -> [String: Double] {
    let run = try DivarProcess(["predict", "--json"] + arguments + ["photos/cat/0.jpg"], in: folder.url)
    try #require(run.exitCode == 0, "\(run.errors)")
    let object = try JSONSerialization.jsonObject(with: Foundation.Data(run.output.utf8)) as? [String: Any]
    return try #require(object?["probabilities"] as? [String: Double])
  }

  /// Keras keeps layers and weights, and nothing else, when it saves a file again.
  @Test func whatKerasLosesComesFromTheModelBefore() throws {
    let several = try network(outputs: 4, .sigmoid)
    several.classes = ["all", "cat", "dog", "eel"]
    several.targetMeaning = .severalClasses(names: several.classes)
    several.outputMeaning = .binaryProbabilities
    several.metadata["confidence"] = "{\"temperature\":2}"
    try several.save(to: folder.path("several.keras"))
    let models = [("several", several), ("numbers", try numbers())]
    for (name, model) in models {
      let metadata = model.metadata
      model.metadata = [:]
      try model.save(to: folder.path("resaved.keras"))
      let run = try divar("import", "resaved.keras", "--into", "\(name).keras", "-o", "again_\(name).keras")
      #expect(!run.errors.contains("--classes"), "\(run.errors)")
      #expect(try Model(contentsOf: folder.path("again_\(name).keras")).metadata == metadata)
      let answers = try ["\(name).keras", "again_\(name).keras"].map { try divar("predict", $0, "photos/cat/0.jpg") }
      #expect(answers[0].output == answers[1].output && !answers[0].output.isEmpty)
    }
    // A confidence belongs to the weights that it was learned with.
    try network(outputs: 4, .sigmoid, seed: 5).save(to: folder.path("tuned.keras"))
    let run = try divar("import", "tuned.keras", "--into", "several.keras", "-o", "again.keras")
    #expect(run.errors.contains("weights"), "\(run.errors)")
    let again = try Model(contentsOf: folder.path("again.keras"))
    #expect(again.confidence == nil && again.targetMeaning == .severalClasses(names: again.classes))
    // What predicts numbers needs no class names.
    let alone = try divar("import", "numbers.keras", "-o", "alone.keras")
    #expect(!alone.errors.contains("class names"), "\(alone.errors)")
  }

  /// What a file says itself is not replaced by what another model says.
  @Test func whatAFileSaysItselfStays() throws {
    try classifier("own.keras", ["cat", "dog", "eel"])
    try classifier("other.keras", ["dog", "cat", "eel"])
    try classifier("bytes.keras", ["cat", "dog", "eel"])
    let bytes = try Model(contentsOf: folder.path("bytes.keras"))
    bytes.preprocessing?.scale = 1
    try bytes.save(to: folder.path("bytes.keras"))
    for (other, difference) in [("other.keras", "the order differs"), ("bytes.keras", "scale")] {
      try refused(
        "import", "own.keras", "--into", other, "-o", "x.keras", saying: "own.keras", other, difference,
        "--into adds only")
    }
    #expect(!folder.has("x.keras"))
    _ = try divar("import", "own.keras", "--into", "own.keras", "-o", "x.keras")
    #expect(try Model(contentsOf: folder.path("x.keras")).classes == ["cat", "dog", "eel"])
  }

  @Test func aSoftmaxThatIsGoneIsNoticed() throws {
    try classifier("softmax.keras", ["cat", "dog", "eel"])
    let model = try Model(contentsOf: folder.path("softmax.keras"))
    model.outputMeaning = .probabilities
    try model.save(to: folder.path("softmax.keras"))
    let bare = try network(outputs: 3, .linear)
    bare.metadata = [:]
    try bare.save(to: folder.path("bare.keras"))
    try refused("import", "bare.keras", "--into", "softmax.keras", "-o", "x.keras", saying: "--outputs logits")
    _ = try divar("import", "bare.keras", "--into", "softmax.keras", "--outputs", "logits", "-o", "x.keras")
    let (found, expected) = (try probabilities("x.keras"), try probabilities("softmax.keras"))
    for (name, value) in expected { #expect(abs(value - (found[name] ?? 0)) < 1e-6) }
  }

  /// These outputs lie between 0 and 1, so no answer shows that they are no probabilities.
  @Test(arguments: [1, 2]) func outputsThatNothingExplainsAreRefused(count: Int) throws {
    let model = try network(outputs: count, .linear)
    try model.load(state: model.state.mapValues { Tensor<Float>(repeating: 0.1, shape: $0.shape) })
    model.metadata = [:]
    try model.save(to: folder.path("model.keras"))
    try folder.makePhotos("two", classes: ["a", "b"])
    let names = ["--classes", "a,b"]
    let commands = [
      ["predict", "model.keras", "two/a/0.jpg"], ["evaluate", "model.keras", "--data", "two"],
      ["compare", "model.keras", "model.keras", "--data", "two"], ["import", "model.keras", "-o", "x.keras"],
      ["export", "model.keras", "x.onnx", "--sealed"], ["explain", "model.keras", "two/a/0.jpg"],
    ]
    for command in commands {
      let run = try DivarProcess(command + names, in: folder.url)
      #expect(run.exitCode == 1, "\(command): \(run.output)")
      #expect(
        run.errors.contains("ends without softmax or sigmoid; say --outputs logits or --outputs probabilities"),
        "\(run.errors)")
    }
    for command in commands.dropLast() {
      let run = try DivarProcess(command + names + ["--outputs", "logits"], in: folder.url)
      #expect(run.exitCode == 0, "\(command): \(run.errors)")
    }
  }

  @Test func namesInAnotherOrderAreRefused() throws {
    try classifier("model.keras", ["cat", "dog", "eel"])
    for command in [["predict", "model.keras", "photos/cat/0.jpg"], ["evaluate", "model.keras", "--data", "photos"]] {
      let run = try DivarProcess(command + ["--classes", "dog,cat,eel"], in: folder.url)
      #expect(run.exitCode == 1 && run.errors.contains("another order") && run.errors.contains("cat, dog, eel"))
      // Other names, such as translations, are a wish.
      let other = command[0] == "predict" ? "chat,chien,anguille" : "cat,dog,eel"
      #expect(try DivarProcess(command + ["--classes", other], in: folder.url).exitCode == 0)
    }
  }

  @Test func classesOfAModelOfNumbersAreRefused() throws {
    _ = try numbers()
    for options in [["--classes", "a,b"], ["--outputs", "logits"], ["--several-classes"]] {
      let run = try DivarProcess(["predict", "numbers.keras", "photos/cat/0.jpg"] + options, in: folder.url)
      #expect(run.exitCode == 1 && run.errors.contains("leave out \(options[0])"), "\(run.errors)")
    }
  }

  @Test func sigmoidsMayBeSeveralClasses() throws {
    let model = try network(outputs: 4, .sigmoid)
    model.metadata = [:]
    try model.save(to: folder.path("sigmoids.keras"))
    let options = ["--classes", "all,cat,dog,eel", "--several-classes"]
    let kept = try DivarProcess(["import", "sigmoids.keras", "-o", "kept.keras"] + options, in: folder.url)
    #expect(kept.exitCode == 0, "\(kept.errors)")
    #expect(
      try Model(contentsOf: folder.path("kept.keras")).targetMeaning
        == .severalClasses(names: ["all", "cat", "dog", "eel"]))
    let told = try probabilities("sigmoids.keras", "--classes", "all,cat,dog,eel", "--several-classes")
    #expect(try probabilities("kept.keras") == told && told.count == 4)
    let table = ["--data", "photos.csv", "--label-column", "tags", "--label-separator", "|"]
    let run = try DivarProcess(["evaluate", "sigmoids.keras"] + table + options, in: folder.url)
    #expect(run.exitCode == 0 && run.output.contains("samples avg"), "\(run.errors)")
    #expect(try DivarProcess(["evaluate", "kept.keras"] + table, in: folder.url).output == run.output)
    // The same without sigmoids.
    let bare = try network(outputs: 4, .linear)
    bare.metadata = [:]
    try bare.save(to: folder.path("bare.keras"))
    let logits = try probabilities(
      "bare.keras", "--classes", "all,cat,dog,eel", "--several-classes", "--outputs", "logits")
    for (name, value) in told { #expect(abs(value - (logits[name] ?? 0)) < 1e-6) }
    // What is known to tell one class.
    let softmax = try network(outputs: 4, .softmax)
    (softmax.classes, softmax.outputMeaning) = (["a", "b", "c", "d"], .probabilities)
    try softmax.save(to: folder.path("softmax.keras"))
    try refused("predict", "softmax.keras", "photos/cat/0.jpg", "--several-classes", saying: "one class")
  }

  @Test func foldersTakeTheClassesOfTheModel() throws {
    try classifier("sorted.keras", ["cat", "dog", "eel"])
    let model = try Model(contentsOf: folder.path("sorted.keras"))
    // The same model with its outputs in another order.
    let turned = try network(outputs: 3, .softmax)
    for (name, value) in model.state {
      let axis = value.rank - 1
      let columns = [2, 0, 1].map { value.slice($0..<$0 + 1, axis: axis) }
      try turned.load(state: turned.state.merging([name: Tensor(concatenating: columns, axis: axis)]) { $1 })
    }
    turned.classes = ["eel", "cat", "dog"]
    try turned.save(to: folder.path("turned.keras"))
    let runs = try ["sorted.keras", "turned.keras"].map { try divar("evaluate", $0, "--data", "photos") }
    func loss(_ run: DivarProcess) -> Substring? { run.output.split(separator: "\n").last }
    #expect(loss(runs[0]) == loss(runs[1]))
    let compared = try divar("compare", "sorted.keras", "turned.keras", "--data", "photos")
    #expect(compared.output.contains("p = 1 exactly"), "\(compared.output)")
    // A folder may lack a class, and have none that the model does not know.
    try folder.makePhotos("fewer", classes: ["cat", "eel"])
    _ = try divar("evaluate", "turned.keras", "--data", "fewer")
    try folder.makePhotos("more", classes: ["cat", "dog", "eel", "fox"])
    try refused("evaluate", "turned.keras", "--data", "more", saying: "fox", "cat")
  }

  @Test func bothSidesSayWhatTheyHave() throws {
    try classifier("classes.keras", ["cat", "dog", "eel"])
    _ = try numbers()
    try refused(
      "evaluate", "classes.keras", "--data", "photos.csv", "--number-columns", "price",
      saying: "the number price", "one class of each photo: cat, dog, eel", "--label-column")
    try refused(
      "evaluate", "numbers.keras", "--data", "photos", saying: "one class", "the numbers price, weight",
      "--number-columns price,weight")
    try refused(
      "evaluate", "numbers.keras", "--data", "photos.csv", "--number-columns", "price", saying: "the number price",
      "the numbers price, weight")
    _ = try divar("evaluate", "numbers.keras", "--data", "photos.csv", "--number-columns", "price,weight")
  }

  @Test func answersThatAreNoNumbersAreNull() throws {
    let regression = try numbers()
    let several = try network(outputs: 4, .sigmoid)
    several.classes = ["all", "cat", "dog", "eel"]
    several.targetMeaning = .severalClasses(names: several.classes)
    for (model, options) in [
      (regression, ["--number-columns", "price,weight"]),
      (several, ["--label-column", "tags", "--label-separator", "|"]),
    ] {
      try model.load(state: model.state.mapValues { Tensor<Float>(repeating: -.nan, shape: $0.shape) })
      try model.save(to: folder.path("nan.keras"))
      for json in [[], ["--json"]] {
        let run = try DivarProcess(
          ["evaluate", "nan.keras", "--data", "photos.csv"] + options + json, in: folder.url)
        #expect(run.exitCode == 1 && !run.output.contains("-nan"), "\(run.output)")
        #expect(run.errors.contains("nan.keras") && run.errors.contains("photos/cat/0.jpg"), "\(run.errors)")
        #expect(!run.errors.contains("first class") && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        guard !json.isEmpty else { continue }
        let object = try JSONSerialization.jsonObject(with: Foundation.Data(run.output.utf8)) as? [String: Any]
        #expect((object?["figures"] as? [String: Any])?["loss"] is NSNull, "\(run.output)")
      }
    }
    let classes = try network(outputs: 3, .softmax)
    classes.classes = ["cat", "dog", "eel"]
    try classes.load(state: classes.state.mapValues { Tensor<Float>(repeating: .nan, shape: $0.shape) })
    try classes.save(to: folder.path("nan.keras"))
    try refused("compare", "nan.keras", "nan.keras", "--data", "photos", saying: "nan.keras", "photos/cat/0.jpg")
  }

  @Test func layersThatMakeNoFeaturesAreNamed() throws {
    let model = try Sequential(input: [3, 16, 16], seed: 3) {
      Conv2D(4, kernelSize: 3).named("maps")
      Flatten()
      Dense(5, activation: .softmax)
    }
    model.preprocessing = Preprocessing(imageSize: 16)
    try model.save(to: folder.path("backbone.keras"))
    try refused(
      "train", "--data", "photos", "-o", "run", "--backbone", "backbone.keras", "--layer", "maps",
      saying: "maps", "[4, 14, 14]", "--layer")
  }
}
