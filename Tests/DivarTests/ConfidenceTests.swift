import Foundation
import Kilim
import TestSupport
import Testing

/// A classifier on a backbone that knows what it does not know: `divar train --backbone`, `divar predict`, `divar inspect
/// --backbone` and `divar add-class`.
@Suite struct ConfidenceTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makeColouredPhotos(
      "photos", ["blue": [40, 60, 200], "green": [60, 180, 50], "red": [200, 50, 60]], count: 60)
    let model = try Sequential(input: [3, 16, 16], seed: 3) {
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu)
      Flatten()
      Dense(5, activation: .softmax)
    }
    model.preprocessing = Preprocessing(imageSize: 16)
    try model.save(to: folder.path("backbone.keras"))
    try Foundation.Data(folder.colouredPhoto([60, 180, 50], seed: 77_777)).write(
      to: folder.url.appending(path: "known.png"))
    try Foundation.Data(folder.colouredPhoto([230, 230, 230], seed: 88_888)).write(
      to: folder.url.appending(path: "unknown.png"))
  }

  private func divar(_ arguments: String...) throws -> DivarProcess { try DivarProcess(arguments, in: folder.url) }

  @discardableResult
  private func train(_ output: String, _ arguments: String...) throws -> DivarProcess {
    let run = try DivarProcess(
      ["train", "--data", "photos", "--output", output, "--backbone", "backbone.keras", "--learning-rate", "0.02"]
        + arguments,
      in: folder.url)
    #expect(run.exitCode == 0, "\(run.errors)")
    return run
  }

  @Test func aPhotoOfSomethingElseIsNoneOfThese() throws {
    let run = try train("run")
    for text in [run.output, try folder.text("run/report.txt")] {
      #expect(text.contains("calibration error 0.") && text.contains("none of these: "), "\(text)")
    }
    let answers = try divar("predict", "run", "known.png", "unknown.png")
    let lines = answers.output.split(separator: "\n")
    #expect(answers.exitCode == 0 && lines.count == 2, "\(answers.errors)")
    #expect(lines[0].hasPrefix("known.png: green "), "\(lines)")
    #expect(lines[1].hasPrefix("unknown.png: none of these ("), "\(lines)")
    let json = try divar("predict", "--json", "run", "known.png", "unknown.png", "missing.png")
    let objects = try json.output.split(separator: "\n").map {
      try #require(JSONSerialization.jsonObject(with: Foundation.Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.map { $0["none_of_these"] as? Bool } == [false, true, nil])
    #expect(objects.count == 3 && objects[2]["none_of_these"] is NSNull)
    // A model without the rule says nothing of it.
    let plain = try divar("predict", "--json", "--classes", "a,b,c,d,e", "backbone.keras", "unknown.png")
    #expect(plain.exitCode == 0 && !plain.output.contains("none_of_these"), "\(plain.errors)")
    // With other weights, the rule would be wrong.
    let trained = try Model(contentsOf: folder.path("run/model.keras"))
    #expect(trained.confidence?.rejection?.layer == "flatten")
    try Safetensors(tensors: trained.state).write(to: folder.path("weights.safetensors"))
    let imported = try divar("import", "weights.safetensors", "--into", "run/model.keras", "--output", "new.keras")
    #expect(imported.exitCode == 0, "\(imported.errors)")
    #expect(try Model(contentsOf: folder.path("new.keras")).confidence == nil)
  }

  @Test(.enabled(if: PythonEnvironment.hasKeras("newest"), "\(PythonEnvironment.absence)")) func kerasOpensTheModel()
    throws
  {
    try train("run")
    let script = folder.path("open.py")
    try writeAtomically(
      Array(
        """
        import sys, numpy, keras
        model = keras.models.load_model(sys.argv[1])
        print(model.predict(numpy.zeros((1, 16, 16, 3), "float32"), verbose=0).shape)
        """.utf8), to: script)
    let run = try PythonEnvironment.run(script, [folder.path("run/model.keras")])
    #expect(run.succeeded && run.output.contains("(1, 3)"), "\(run.output)")
  }

  @Test func mistakesAreListedAndLeftOut() throws {
    let files = FileManager.default
    for number in 0..<3 {
      try files.moveItem(
        atPath: folder.path("photos/red/\(number).png"), toPath: folder.path("photos/blue/wrong\(number).png"))
    }
    let photo = try Image(contentsOfFile: folder.path("photos/green/7.png"))
    let brighter = Image(
      width: photo.width, height: photo.height, pixels: photo.pixels.map { $0 < 252 ? $0 + 3 : 255 })
    try Foundation.Data(brighter.png()).write(to: folder.url.appending(path: "photos/green/copy.png"))
    let run = try divar("inspect", "photos", "--backbone", "backbone.keras")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(
      run.output.contains("labels that are likely wrong: ") && run.output.contains("confident learning"),
      "\(run.output)")
    let lines = try folder.text("suspicious.csv").split(separator: "\n")
    #expect(lines[0] == "file,reason,score,class,instead")
    for number in 0..<3 {
      #expect(
        lines.contains { $0.hasPrefix("blue/wrong\(number).png,label,") && $0.hasSuffix(",blue,red") }, "\(lines)")
    }
    #expect(
      lines.contains { $0.hasPrefix("green/copy.png,duplicate,") && $0.hasSuffix(",green,green/7.png") }, "\(lines)")
    let sheet = try Image(contentsOfFile: folder.path("suspicious.png"))
    #expect(sheet.width > 300 && sheet.height > 200)

    let again = try divar("inspect", "photos", "--backbone", "backbone.keras")
    #expect(again.exitCode == 1 && again.errors.contains("--overwrite"), "\(again.errors)")

    try writeAtomically(
      Array("reason,file\nlabel,blue/wrong0.png\nlabel,blue/wrong1.png\nlabel,blue/wrong2.png\nx,gone.png\n".utf8),
      to: folder.path("list.csv"))
    let trained = try train("run", "--without", "list.csv", "--epochs", "1")
    #expect(trained.output.contains("178 photos of 3 classes"), "\(trained.output)")
    #expect(trained.errors.contains("list.csv: 1 line matched no photo in photos: gone.png"), "\(trained.errors)")
  }

  @Test func listsThatDoNotFitAreErrors() throws {
    let start = ["train", "--data", "photos", "--output", "run", "--epochs", "1", "--without"]
    for (text, word) in [
      ("", "empty"), ("a,b\n1,2\n", "\"file\""), ("file\n\"red/0.png\n", "quote that is not closed"),
      ("reason,file\nlabel\n", "line 2"), ("file\nphotos/red/0.png\n", "photos/red/0.png"),
      ("file\n" + (0..<60).map { "red/\($0).png\n" }.joined(), "class red"),
    ] {
      try writeAtomically(Array(text.utf8), to: folder.path("list.csv"), replacing: .anyFile)
      try expectError(start + ["list.csv"], "list.csv", word, folder: folder.url)
    }
    try expectError(start + ["missing.csv"], "missing.csv", folder: folder.url)
    try expectError(["inspect", "photos", "--suspicious", "a.csv"], "--backbone", folder: folder.url)
    try expectError(
      ["inspect", "photos", "--backbone", "backbone.keras", "--suspicious", "a.txt"], ".csv", folder: folder.url)
    #expect(!folder.has("run"))
  }

  @Test func aClassIsAdded() throws {
    try train("run")
    try folder.makeColouredPhotos("more", ["gray": [230, 230, 230]], count: 60)
    let added = try divar("add-class", "run", "--data", "more", "--output", "wider")
    #expect(added.exitCode == 0 && added.output.contains("test accuracy"), "\(added.errors)")
    #expect(added.errors.contains("features of 48 new training photos"), "\(added.errors)")
    #expect(!added.errors.contains("features of 180"), "\(added.errors)")
    let model = try Model(contentsOf: folder.path("wider/model.keras"))
    #expect(model.classes == ["blue", "gray", "green", "red"])
    let answers = try divar("predict", "wider", "known.png", "unknown.png")
    #expect(
      answers.output.contains("known.png: green") && answers.output.contains("unknown.png: gray"), "\(answers.output)")

    // Training with all photos at once gives the same classes, and about the same accuracy.
    for name in ["report.txt", "history.csv", "curves.png", "confusion.png", "features.safetensors", "examples.json"] {
      #expect(folder.has("wider/\(name)"), "\(name)")
    }
    // To the result, another class can be added, without the photos of the first ones.
    try FileManager.default.removeItem(atPath: folder.path("photos"))
    try FileManager.default.removeItem(atPath: folder.path("run"))
    try folder.makeColouredPhotos("third", ["yellow": [220, 210, 40]], count: 30)
    let third = try divar("add-class", "wider", "--data", "third", "--output", "widest")
    #expect(third.exitCode == 0, "\(third.errors)")
    #expect(try Model(contentsOf: folder.path("widest/model.keras")).classes.count == 5)
    try expectError(["add-class", "wider", "--data", "third", "--output", "widest"], "widest", folder: folder.url)
  }

  /// New photos may be listed by a table, also of one class alone.
  @Test func aClassOfATableIsAdded() throws {
    try train("run", "--epochs", "2")
    try folder.makeColouredPhotos("more", ["gray": [230, 230, 230]], count: 12)
    let rows = (0..<12).map { "more/gray/\($0).png,gray,a|b,1" }
    try writeAtomically(
      Array((["file,kind,tags,price"] + rows).joined(separator: "\n").utf8), to: folder.path("more.csv"))
    let start = ["add-class", "run", "--data", "more.csv", "--output", "wider"]
    let added = try DivarProcess(start + ["--label-column", "kind"], in: folder.url)
    #expect(added.exitCode == 0 && added.output.contains("test accuracy"), "\(added.errors)")
    #expect(try Model(contentsOf: folder.path("wider/model.keras")).classes == ["blue", "gray", "green", "red"])
    for (options, word) in [
      (["--number-columns", "price"], "--number-columns cannot be used here"),
      (["--label-column", "tags", "--label-separator", "|"], "--label-separator cannot be used here"),
      ([], "--label-column"),
    ] {
      try expectError(
        ["add-class", "run", "--data", "more.csv", "--output", "new"] + options, word, folder: folder.url)
    }
    try writeAtomically(Array("file,kind\nmore/gray/1.png,red\n".utf8), to: folder.path("known.csv"))
    try expectError(
      ["add-class", "run", "--data", "known.csv", "--label-column", "kind", "--output", "new"], "known.csv, class red",
      "already", folder: folder.url)
    #expect(!folder.has("new"))
  }

  /// The same photos under another name teach nothing, and one photo cannot be both trained and tested with.
  @Test func newPhotosAreLookedAt() throws {
    try train("run", "--epochs", "1")
    try FileManager.default.createDirectory(atPath: folder.path("more"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: folder.path("photos/red"), toPath: folder.path("more/Red"))
    let copies = try divar("add-class", "run", "--data", "more", "--output", "wider")
    #expect(copies.exitCode == 0, "\(copies.errors)")
    #expect(copies.errors.contains("which is also a photo of red"), "\(copies.errors)")
    #expect(copies.errors.contains("\"Red\", \"red\" differ only in case"), "\(copies.errors)")
    try folder.makeColouredPhotos("single", ["gray": [230, 230, 230]], count: 1)
    try expectError(
      ["add-class", "run", "--data", "single", "--output", "new"], "single/gray", "1 photo", "at least 2",
      folder: folder.url)
    #expect(!folder.has("new"))
  }

  @Test func aClassIsAddedToOneClassEachAlone() throws {
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path("photos")).sorted()
    let rows = files.filter { $0.hasSuffix("png") }.enumerated().map { index, file in
      "photos/\(file),\(index % 2 == 0 ? "even|" : "")\(file.prefix(3)),\(index)"
    }
    try writeAtomically(Array((["file,tags,price"] + rows).joined(separator: "\n").utf8), to: folder.path("table.csv"))
    try folder.makeColouredPhotos("more", ["gray": [230, 230, 230]], count: 6)
    for (output, options, word) in [
      ("tags", ["--label-column", "tags", "--label-separator", "|"], "any of 4 classes"),
      ("price", ["--number-columns", "price"], "the number price"),
    ] {
      let run = try DivarProcess(
        ["train", "--data", "table.csv", "--output", output, "--backbone", "backbone.keras", "--epochs", "1"] + options,
        in: folder.url)
      #expect(run.exitCode == 0, "\(run.errors)")
      try expectError(["add-class", output, "--data", "more", "--output", "new"], output, word, folder: folder.url)
    }
  }

  @Test func whatCannotBeAddedIsReported() throws {
    try train("run", "--epochs", "1")
    try folder.makeColouredPhotos("more", ["red": [230, 230, 230]], count: 6)
    try expectError(["add-class", "run", "--data", "more", "--output", "new"], "red", "already", folder: folder.url)
    try folder.makeColouredPhotos("gray", ["gray": [230, 230, 230]], count: 6)
    let start = ["add-class", "run", "--data", "gray", "--output", "new"]
    // Another backbone: the model with other weights.
    let path = folder.path("run/model.keras")
    let model = try Model(contentsOf: path)
    model.parameters[0].value = model.parameters[0].value * 1.5
    try model.save(to: folder.path("changed.keras"))
    let before = try Foundation.Data(contentsOf: URL(filePath: path))
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: folder.path("changed.keras"), toPath: path)
    try expectError(start, "different backbones", folder: folder.url)
    // Another preprocessing.
    model.parameters[0].value = model.parameters[0].value * (1 / 1.5)
    try before.write(to: URL(filePath: path))
    let darker = try Model(contentsOf: path)
    darker.preprocessing = Preprocessing(imageSize: 16, scale: 1)
    try FileManager.default.removeItem(atPath: path)
    try darker.save(to: path)
    try expectError(start, "preprocessing", folder: folder.url)
    try before.write(to: URL(filePath: path))
    // No features.
    let features = folder.path("run/features.safetensors")
    try FileManager.default.moveItem(atPath: features, toPath: folder.path("elsewhere"))
    try expectError(start, "not in the cache", folder: folder.url)
    try writeAtomically(Array("{\"train\": 3}".utf8), to: folder.path("run/examples.json"))
    try expectError(start, "examples.json", folder: folder.url)
    try FileManager.default.removeItem(atPath: folder.path("run/examples.json"))
    try expectError(start, "examples.json", "--backbone", folder: folder.url)
    try expectError(["add-class", "photos", "--data", "gray", "--output", "new"], "photos", folder: folder.url)
    #expect(!folder.has("new"))
  }
}
