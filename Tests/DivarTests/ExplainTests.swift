import Foundation
import Kilim
import TestSupport
import Testing

/// `divar explain`.
@Suite struct ExplainTests {
  private let folder: TemporaryFolder
  private let photo: String

  /// A model that tells a bright spot from none: class `spot` where some position is bright.
  init() throws {
    folder = try TemporaryFolder()
    let model = try Sequential(input: [3, 16, 16], seed: 1) {
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu).named("spots")
      GlobalMaxPool2D()
      Dense(2, activation: .softmax)
    }
    let dense = Tensor<Float>(shape: [4, 2], scalars: [0, 1, 0, 1, 0, 1, 0, 1])
    try model.load(state: [
      "spots.weight": Tensor(repeating: 0.1, shape: [4, 3, 3, 3]), "spots.bias": Tensor(zeros: [4]),
      "\(model.names[2]).weight": dense, "\(model.names[2]).bias": Tensor(zeros: [2]),
    ])
    model.classes = ["none", "spot"]
    model.preprocessing = Preprocessing(imageSize: 16)
    try model.save(to: folder.path("model.keras"))
    // Dark, with a bright square at the lower right.
    var pixels = [UInt8](repeating: 20, count: 3 * 32 * 32)
    for y in 20..<28 { for x in 20..<28 { for channel in 0..<3 { pixels[3 * (32 * y + x) + channel] = 240 } } }
    let image = Image(width: 32, height: 32, pixels: pixels)
    photo = folder.path("spot.png")
    try Foundation.Data(image.png()).write(to: folder.url.appending(path: "spot.png"))
  }

  @Test func theSpotIsFound() throws {
    let run = try DivarProcess(
      ["explain", "model.keras", "spot.png", "spot.png", "--feature-maps", "--filters", "--statistics"], in: folder.url)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("spot.png: spot") && run.output.contains("layer spots"), "\(run.output)")
    #expect(run.output.contains("[4, 16, 16]") && run.output.contains("gradient"), "\(run.output)")
    let names = ["filters.png", "spot-2-maps.png", "spot-2.png", "spot-maps.png", "spot.png"]
    #expect(try folder.entries(in: "explained") == names)
    for name in names { #expect(try Image(contentsOfFile: folder.path("explained/\(name)")).width > 100) }
    let explainer = try PhotoExplainer(Model(contentsOf: folder.path("model.keras")))
    let explanation = try explainer.explain(Image(contentsOfFile: photo))
    #expect(explanation.explained.name == "spot" && explanation.maps.count == 4)
    for map in explanation.maps {
      // The spot covers rows and columns 10 to 13 of the input.
      let place = Int(map.values.reshaped(to: [-1]).argmax().scalar)
      let (row, column) = (place / map.values.shape[1], place % map.values.shape[1])
      #expect((9...14).contains(row) && (9...14).contains(column), "\(map.method): \(row), \(column)")
    }
  }

  @Test func whatRaisesANumberIsDrawn() throws {
    let model = try Model(contentsOf: folder.path("model.keras"))
    let bare = try Sequential(input: [3, 16, 16], seed: 1) {
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu).named("spots")
      GlobalMaxPool2D()
      Dense(2).named("numbers")
    }
    try bare.load(state: [
      "spots.weight": Tensor(repeating: 0.1, shape: [4, 3, 3, 3]), "spots.bias": Tensor(zeros: [4]),
      "numbers.weight": Tensor(shape: [4, 2], scalars: [1, 0, 0, -1, 0, 0, 0, 0]), "numbers.bias": Tensor([0, 0]),
    ])
    bare.preprocessing = model.preprocessing
    bare.outputMeaning = .values
    bare.targetMeaning = .numbers(
      names: ["brightness", "darkness"],
      scaling: NumberScaling(rows: Tensor(shape: [2, 2], scalars: [100, 10, 300, 30])))
    try bare.save(to: folder.path("numbers.keras"))
    let start = ["explain", "numbers.keras", "spot.png", "--overwrite"]
    // The number of the caption is that of divar predict, in its own units.
    let numbers = try bare.estimate(contentsOfFile: photo)
    let run = try DivarProcess(start + ["--statistics"], in: folder.url)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("spot.png: brightness \(numbers[0].value), layer spots"), "\(run.output)")
    #expect(run.output.contains("[4, 16, 16]") && numbers[0].value > 100, "\(run.output)")
    let second = try DivarProcess(start + ["--number", "darkness", "--methods", "grad-cam,occlusion"], in: folder.url)
    #expect(second.exitCode == 0, "\(second.errors)")
    #expect(second.output.contains("spot.png: darkness \(numbers[1].value)"), "\(second.output)")
    #expect(try Image(contentsOfFile: folder.path("explained/spot.png")).width > 100)
    try expectError(start + ["--number", "price"], "price", "brightness, darkness", folder: folder.url)
    try expectError(start + ["--class", "brightness"], "--number", folder: folder.url)
    try expectError(["explain", "model.keras", "spot.png", "--number", "spot"], "--class", folder: folder.url)
  }

  /// The photos of a table are explained, and labels that the model does not give are said.
  @Test func photosOfATableAreExplained() throws {
    try "name,kind\nspot.png,none\nnone.png,spot\n".write(
      toFile: folder.path("photos.csv"), atomically: true, encoding: .utf8)
    let start = ["explain", "model.keras", "--data", "photos.csv", "--methods", "grad-cam"]
    let run = try DivarProcess(start + ["--label-column", "kind"], in: folder.url)
    #expect(run.exitCode == 1 && run.errors.contains("none.png"), "\(run.errors)")
    #expect(run.output.contains("spot.png: spot ") && run.output.contains(", labelled none"), "\(run.output)")
    #expect(try folder.entries(in: "explained") == ["spot.png"])
    let bare = try DivarProcess(start + ["--path-column", "name", "--overwrite"], in: folder.url)
    #expect(bare.output.contains("spot.png: spot ") && !bare.output.contains("labelled"), "\(bare.output)")
    try expectError(start + ["spot.png"], "--data \"photos.csv\"", folder: folder.url)
    try expectError(["explain", "model.keras", "spot.png", "--label-column", "kind"], "--data", folder: folder.url)
  }

  @Test func whatDoesNotFitIsReported() throws {
    let start = ["explain", "model.keras", "spot.png"]
    try expectError(start + ["--layer", "none"], "none", "spots", folder: folder.url)
    try expectError(start + ["--class", "cat"], "cat", "spot", folder: folder.url)
    try expectError(start + ["--methods", "magic"], "grad-cam", folder: folder.url)
    try expectError(["explain", "model.keras"], "--filters", folder: folder.url)
    try expectError(["explain", "model.keras", "none.jpg"], "none.jpg", folder: folder.url)
    #expect(try DivarProcess(start + ["--methods", "grad-cam"], in: folder.url).exitCode == 0)
    try expectError(start, "--overwrite", folder: folder.url)
    try expectError(["explain", "model.keras", "spot.png", "--output", "spot.png"], "spot.png", folder: folder.url)
  }
}
