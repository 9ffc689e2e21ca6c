import Foundation
import Kilim
import TestSupport
import Testing

/// Sealed files, run by onnxruntime, give the answers of Kilim.
@Suite struct SealingTests {
  private static let (script, isPossible) = (
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/check_sealed.py").path,
    PythonEnvironment.has("onnxruntime")
  )
  private static let absence = Comment(rawValue: PythonEnvironment.absence)

  /// A photo with edges, ramps and noise.
  private static func photo(height: Int, width: Int, seed: UInt64) -> Image {
    var generator = RandomGenerator(seed: seed)
    let pixels = (0..<height * width * 3).map { place -> UInt8 in
      let (row, column, channel) = (place / 3 / width, place / 3 % width, place % 3)
      let ramp = 255 * (row * (channel + 1) + column) / (height * 3 + width)
      let edge = (row / 7 + column / 5) % 2 == 0 ? 60 : 0
      return UInt8(min(255, max(0, ramp + edge + generator.integer(below: 41) - 20)))
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  private static func write(_ photo: Image, to path: String) throws {
    try Tensor(shape: [photo.height, photo.width, 3], scalars: photo.pixels.map { Float($0) }).writeNPY(to: path)
  }

  /// Networks that give their inputs back, so that each pixel is compared, for all filters and framings, on photos that become smaller
  /// and larger, by little and by much.
  @Test(.enabled(if: isPossible, absence)) func eachPixelIsThatOfKilim() throws {
    let folder = try TemporaryFolder()
    let sizes = [(23, 31), (9, 14), (40, 11), (700, 31), (12, 16)]
    let photos = sizes.enumerated().map { Self.photo(height: $1.0, width: $1.1, seed: UInt64($0)) }
    var preparations: [String: Preprocessing] = [:]
    for resize in Resize.allCases {
      for framing in Framing.allCases {
        var preparation = Preprocessing(
          imageSize: ImageSize(height: 12, width: 16), resize: resize, framing: framing, scale: 1)
        preparation.background = RGBColour(red: 10, green: 200, blue: 30)
        preparations["\(resize.rawValue)-\(framing.rawValue)"] = preparation
      }
    }
    preparations["crop"] = Preprocessing(
      imageSize: ImageSize(height: 12, width: 16), framing: .cropToFill, cropShare: 0.8, colours: .bgr, scale: 1)
    let names = (0..<3 * 12 * 16).map { "n\($0)" }
    for (name, preparation) in preparations {
      let model = try Sequential(input: [3, 12, 16]) { Flatten() }
      model.preprocessing = preparation
      model.targetMeaning = .numbers(names: names, scaling: nil)
      try model.exportSealedONNX(to: folder.path("\(name).onnx"))
      for (index, photo) in photos.enumerated() { try Self.write(photo, to: folder.path("\(name).\(index).npy")) }
    }
    let (succeeded, output) = try PythonEnvironment.run(Self.script, [folder.url.path])
    try #require(succeeded, "\(output)")
    for (name, preparation) in preparations {
      for (index, photo) in photos.enumerated() {
        let found = try Tensor<Float>(npyFile: folder.path("\(name).\(index).numbers.npy")).scalars
        let differences = zip(found, preparation(photo).scalars).map { abs($0 - $1) }
        // The file rounds as a processor with fused multiply-add does; without it, a sum may fall to the other side of a half.
        let wrong = differences.count { $0 > 0 }
        #expect(
          found.count == 576 && wrong <= 2 && (differences.max() ?? 2) <= 1,
          "\(name), photo \(index): \(wrong) of 576 differ")
      }
    }
  }

  /// Answers of all kinds: probabilities, logits, a temperature, one output, several classes, numbers.
  @Test(.enabled(if: isPossible, absence)) func answersAreThoseOfKilim() throws {
    let folder = try TemporaryFolder()
    let photos = (0..<4).map { Self.photo(height: 20 + 9 * $0, width: 50 - 8 * $0, seed: UInt64(10 + $0)) }
    let kinds: [(String, Int, Activation, OutputMeaning?, Double)] = [
      ("shares", 3, .softmax, .probabilities, 1), ("logits", 3, .linear, .logits, 1),
      ("warm", 3, .softmax, .probabilities, 2.5),
      ("warmlogits", 3, .linear, .logits, 0.5), ("one", 1, .sigmoid, .binaryProbabilities, 1),
      ("onelogit", 1, .linear, .binaryLogits, 1),
    ]
    var models: [String: Model] = [:]
    for (number, (name, outputs, activation, meaning, temperature)) in kinds.enumerated() {
      let model = try Sequential(input: [3, 12, 12], seed: UInt64(number)) {
        Conv2D(4, kernelSize: 3, activation: .relu)
        Flatten()
        Dense(outputs, activation: activation)
      }
      model.classes = outputs == 1 ? ["no", "yes"] : ["a", "گربه", "c\nd"]
      model.preprocessing = Preprocessing(imageSize: 12, normalization: .imageNet)
      model.outputMeaning = meaning
      if temperature != 1 { model.metadata["confidence"] = "{\"temperature\":\(temperature)}" }
      models[name] = model
      try model.exportSealedONNX(to: folder.path("\(name).onnx"))
      for (index, photo) in photos.enumerated() { try Self.write(photo, to: folder.path("\(name).\(index).npy")) }
    }
    let (succeeded, output) = try PythonEnvironment.run(Self.script, [folder.url.path])
    try #require(succeeded, "\(output)")
    for (name, model) in models {
      for (index, photo) in photos.enumerated() {
        let answer = try model.classify(photo)
        let found = try Tensor<Float>(npyFile: folder.path("\(name).\(index).probabilities.npy")).scalars
        let expected = model.classes.map { name in answer.first { $0.name == name }?.probability ?? -1 }
        let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
        #expect(found.count == expected.count && difference < 1e-4, "\(name): \(difference)")
        let best = try String(contentsOfFile: folder.path("\(name).\(index).class.txt"), encoding: .utf8)
        #expect(best == answer[0].name, "\(name): \(best)")
      }
    }
  }

  /// A JPEG that is decoded at its full size gives in the file what it gives here. Kilim alone decodes it at a part of its size.
  @Test(.enabled(if: isPossible, absence)) func exactJPEGsGiveTheAnswersOfKilim() throws {
    let folder = try TemporaryFolder()
    let model = try Sequential(input: [3, 16, 16], seed: 8) {
      Flatten()
      Dense(3, activation: .softmax)
    }
    model.classes = ["a", "b", "c"]
    let jpeg = try Self.photo(height: 256, width: 300, seed: 9).jpeg(quality: 90)
    for (name, exact) in [("exact", true), ("fast", false)] {
      model.preprocessing = Preprocessing(imageSize: 16, exact: exact)
      try model.exportSealedONNX(to: folder.path("\(name).onnx"))
      try Self.write(Image(decoding: jpeg), to: folder.path("\(name).0.npy"))
    }
    let (succeeded, output) = try PythonEnvironment.run(Self.script, [folder.url.path])
    try #require(succeeded, "\(output)")
    for (name, exact) in [("exact", true), ("fast", false)] {
      let input = try Preprocessing(imageSize: 16, exact: exact)(decoding: jpeg)
      let own = model(input.expandingShape(at: 0)).scalars
      let found = try Tensor<Float>(npyFile: folder.path("\(name).0.probabilities.npy")).scalars
      let difference = zip(found, own).map { abs($0 - $1) }.max() ?? 1
      #expect((difference < 1e-4) == exact, "\(name): \(difference)")
    }
  }

  /// A rule for unknown photos says the same, and numbers are in their own units.
  @Test(.enabled(if: isPossible, absence)) func unknownPhotosAndNumbersAreTold() throws {
    let folder = try TemporaryFolder()
    let photos = (0..<6).map { Self.photo(height: 20 + 5 * $0, width: 30, seed: UInt64(30 + $0)) }
    let model = try Sequential(input: [3, 8, 8], seed: 3) {
      Conv2D(3, kernelSize: 3, activation: .relu)
      GlobalAveragePool2D().named("features")
      Dense(2, activation: .softmax)
    }
    (model.classes, model.preprocessing) = (["a", "b"], Preprocessing(imageSize: 8))
    func base64(_ numbers: [Float]) -> String {
      Foundation.Data(numbers.flatMap { withUnsafeBytes(of: $0, Array.init) }).base64EncodedString()
    }
    func rule(_ threshold: Float) -> String {
      """
      {"temperature":1,"rejection":{"layer":"features","threshold":\(threshold),"accepted":0.9,"classes":2,"features":3,
      "bias":[0.1,-0.2],"factors":[1,2],"weight":"\(base64([1, -1, 0.5, 2, -1, 0.3]))","examples":"\(base64([1, 0, 0, 0, 0.6, 0.8]))"}}
      """
    }
    // The threshold is set between the scores of the photos, so that both answers occur.
    model.metadata["confidence"] = rule(0)
    let scores = try photos.map { photo in
      let features = try model.upTo("features")(Preprocessing(imageSize: 8)(photo).expandingShape(at: 0))
      return try #require(model.confidence?.rejection?.scores(of: features).first)
    }.sorted()
    model.metadata["confidence"] = rule((scores[2] + scores[3]) / 2)
    try model.exportSealedONNX(to: folder.path("rule.onnx"))
    let numbers = try Sequential(input: [3, 8, 8], seed: 4) {
      Flatten()
      Dense(2)
    }
    numbers.preprocessing = Preprocessing(imageSize: 8)
    let scaling = NumberScaling(rows: Tensor(shape: [2, 2], scalars: [100, 1, 300, 5]))
    numbers.targetMeaning = .numbers(names: ["price", "weight"], scaling: scaling)
    try numbers.exportSealedONNX(to: folder.path("numbers.onnx"))
    for name in ["rule", "numbers"] {
      for (index, photo) in photos.enumerated() { try Self.write(photo, to: folder.path("\(name).\(index).npy")) }
    }
    let (succeeded, output) = try PythonEnvironment.run(Self.script, [folder.url.path])
    try #require(succeeded, "\(output)")
    var unknown = 0
    for (index, photo) in photos.enumerated() {
      let isUnknown = try Tensor<Float>(npyFile: folder.path("rule.\(index).none_of_these.npy")).scalars == [1]
      #expect(try model.classify(photo).isUnknown == isUnknown)
      unknown += isUnknown ? 1 : 0
      let found = try Tensor<Float>(npyFile: folder.path("numbers.\(index).numbers.npy")).scalars
      for (estimate, found) in zip(try numbers.estimate(photo), found) {
        #expect(abs(estimate.value - found) < 1e-4 * 300)
      }
    }
    #expect(unknown == 3)
  }

  /// The resize is in the file, as operations of Keras: photos of any size, smaller and larger than the input, wide and long, and so
  /// high that Kilim joins columns first.
  @Test(arguments: PythonEnvironment.kerasVersions) func kerasResizesAsKilimDoes(version: String) throws {
    guard PythonEnvironment.hasKeras(version) else { return }
    let folder = try TemporaryFolder()
    // Each size is compiled anew, so the older versions look at one.
    let sizes = version == "newest" ? [(123, 91), (9, 14), (40, 11), (900, 31), (12, 16)] : [(123, 91)]
    let photos = sizes.enumerated().map { Self.photo(height: $1.0, width: $1.1, seed: UInt64(50 + $0)) }
    var models: [String: Model] = [:]
    for (name, colours, hasBranch) in [("chain", ColourOrder.bgr, false), ("graph", .rgb, true)] {
      let photo = Input([3, 12, 16])
      var x = Conv2D(6, kernelSize: 3, padding: .same, activation: .relu)(photo)
      if hasBranch { x = Conv2D(6, kernelSize: 1)(x) + x }
      // A single pixel that differs by 1 counts little in a mean.
      let model = try Model(
        input: photo, output: Dense(3, activation: .softmax)(GlobalAveragePool2D()(x)))
      model.classes = ["a", "b", "c"]
      model.preprocessing = Preprocessing(
        imageSize: ImageSize(height: 12, width: 16), colours: colours, normalization: .imageNet)
      models[name] = model
      #expect(try model.exportSealedKeras(to: folder.path("\(name).keras")))
      for (index, photo) in photos.enumerated() { try Self.write(photo, to: folder.path("\(name).\(index).npy")) }
    }
    let script = URL(filePath: Self.script).deletingLastPathComponent().appending(path: "check_sealed_keras.py").path
    let (succeeded, output) = try PythonEnvironment.run(script, [folder.url.path], keras: version)
    try #require(succeeded, "\(output)")
    for (name, model) in models {
      for (index, photo) in photos.enumerated() {
        let answer = try model.classify(photo)
        let found = try Tensor<Float>(npyFile: folder.path("\(name).\(index).keras.npy")).scalars
        let expected = model.classes.map { name in answer.first { $0.name == name }?.probability ?? -1 }
        let difference = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
        #expect(found.count == 3 && difference < 1e-4, "\(name), \(photo.height) x \(photo.width): \(difference)")
      }
    }
  }

  /// A file that cannot resize takes photos of the right size.
  @Test(arguments: [
    Preprocessing(imageSize: 12, resize: .bilinear), Preprocessing(imageSize: 12, framing: .padToFit),
    Preprocessing(imageSize: 12, cropShare: 0.9),
  ])
  func otherResizesAreNotInKerasFiles(preprocessing: Preprocessing) throws {
    let folder = try TemporaryFolder()
    let model = try Sequential(input: [3, 12, 12], seed: 6) {
      Flatten()
      Dense(3, activation: .softmax)
    }
    (model.classes, model.preprocessing) = (["a", "b", "c"], preprocessing)
    #expect(try !model.exportSealedKeras(to: folder.path("sealed.keras")))
    #expect(try Model(contentsOf: folder.path("sealed.keras")).inputShape == [3, 12, 12])
  }

  /// What a `.keras` file can hold: photos of the right size as bytes, in both orders of colours.
  @Test func kerasFilesTakeBytes() throws {
    let photo = Self.photo(height: 12, width: 12, seed: 5)
    for (colours, meaning, temperature) in [
      (ColourOrder.rgb, OutputMeaning.logits, 2.0), (.bgr, .probabilities, 1), (.rgb, .probabilities, 1),
    ] {
      let model = try Sequential(input: [3, 12, 12], seed: 6) {
        Conv2D(4, kernelSize: 3, activation: .relu)
        Flatten()
        Dense(3, activation: meaning == .logits ? .linear : .softmax)
      }
      model.classes = ["a", "b", "c"]
      model.preprocessing = Preprocessing(imageSize: 12, colours: colours, normalization: .imageNet)
      model.outputMeaning = meaning
      if temperature != 1 { model.metadata["confidence"] = "{\"temperature\":\(temperature)}" }
      let expected = try model.classify(photo)
      let folder = try TemporaryFolder()
      try model.sealedForKeras().save(to: folder.path("sealed.keras"))
      let sealed = try Model(contentsOf: folder.path("sealed.keras"))
      let bytes = Tensor(shape: [1, 12, 12, 3], scalars: photo.pixels.map { Float($0) }).permuted([0, 3, 1, 2])
      let found = sealed(bytes).scalars
      for (index, name) in model.classes.enumerated() {
        let probability = try #require(expected.first { $0.name == name }?.probability)
        #expect(abs(found[index] - probability) < 1e-5)
      }
      #expect(try sealed.classify(photo).classes.map(\.name) == expected.map(\.name))
    }
  }

  @Test func whatCannotBeSealedIsRefused() throws {
    let folder = try TemporaryFolder()
    let model = try Sequential(input: [3, 8, 8]) {
      Flatten()
      Dense(3, activation: .softmax)
    }
    #expect(throws: SealingError.noPreprocessing) { try model.exportSealedONNX(to: folder.path("x.onnx")) }
    model.preprocessing = Preprocessing(imageSize: 8)
    #expect(throws: SealingError.outputs(3, names: 0)) { try model.exportSealedONNX(to: folder.path("x.onnx")) }
    model.classes = ["a", "b", "c"]
    model.metadata["confidence"] = "{\"temperature\":2}"
    #expect(throws: SealingError.self) { try model.sealedForKeras() }
    model.metadata["confidence"] = "{\"temperature\":-2}"
    #expect(throws: ConfidenceError.self) { try model.exportSealedONNX(to: folder.path("x.onnx")) }
    model.metadata["confidence"] = nil
    model.preprocessing = Preprocessing(imageSize: 9)
    #expect(throws: SealingError.input(found: [3, 8, 8], expected: [3, 9, 9])) {
      try model.exportSealedONNX(to: folder.path("x.onnx"))
    }
    #expect(try folder.entries() == [])
  }
}
