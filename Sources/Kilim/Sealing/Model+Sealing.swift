import Data
import ModelFormats
import NN
import Serialization
import Tensor
import Training

extension Model {
  /// What a sealed `.keras` file says under this name: the photos that it takes. Nothing is to be computed of their bytes.
  package static let bytesKey = "sealedBytes"

  /// Writes the model as an ONNX file that needs nothing else: it takes the decoded pixels of a photo of any size, and gives the answer.
  ///
  /// The input `photo` is `[height, width, 3]`, bytes of red, green and blue. What a photo goes through is in the file: the resize with
  /// Kilim's own filter, computed from the size of the photo, framing, crop, colours and normalization. So is what an answer goes through:
  /// softmax or sigmoid, temperature, the rule for photos of none of the classes, units of numbers. The outputs are
  ///
  /// - `probabilities` `[C]`, `class` `[1]`, the name of the likeliest, and `classes` `[C]`, all names; `none_of_these` `[1]`, if the
  ///   model can tell;
  /// - for photos with several classes `probabilities`, `present` `[C]`, which are likelier than not, and `classes`;
  /// - for numbers `numbers`, in their own units.
  ///
  /// The answer is that of ``classify(_:views:)`` for the same pixels. Most programs decode a JPEG with the same library, but Kilim
  /// decodes a large one at a part of its size, unless `preprocessing.exact` is true: its probabilities may then differ by some
  /// hundredths.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: which files may be replaced; by default, only ONNX files.
  /// - Throws: ``SealingError``, `ConfidenceError`, `DamagedTargets`, `ModelFileError` naming a layer that ONNX lacks, before a file
  ///   is touched; `FileError` if the file cannot be written.
  public func exportSealedONNX(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    try writeAtomically(sealedONNXBytes(for: path), to: path, replacing: replacing)
  }

  private func sealedONNXBytes(for path: String) throws -> [UInt8] {
    let preprocessing = try preprocessingForSealing()
    let confidence = try checkedConfidence()
    let rule = confidence?.rejection
    let network = try rule.map { try showing($0) } ?? self
    let build = GraphBuilder("sealed.")
    let input = SealedPhoto(preprocessing, build).input(ofPhoto: "photo")
    let results = try network.add(to: &build.graph, inputs: [input], name: "network", for: path)
    let outputs = try SealedAnswer(self, confidence, build).outputs(
      of: results[results.count - 1], features: rule == nil ? nil : results[0])
    let photo = ONNXGraph.Value("photo", .uint8, [.any("height"), .any("width"), .length(3)])
    var metadata = metadata
    metadata[ONNXGraph.sealedKey] = "photo: bytes [height, width, 3], red, green and blue, of any size"
    return try ONNXGraph.Whole(build.graph, inputs: [photo], outputs: outputs).fileBytes(
      metadata: metadata, for: path)
  }

  /// The model between bytes and probabilities, for a `.keras` file: it takes photos that have the size of its input already, as numbers
  /// from 0 to 255, `[3, H, W]` here and `[H, W, 3]` in Keras, and gives probabilities, with the temperature, or numbers in their own
  /// units.
  ///
  /// The resize is not inside: no layer of Keras has Kilim's filter, and what Keras makes of a photo is another picture;
  /// ``exportSealedKeras(to:replacing:)`` puts it in front. Colours, scale and normalization are a convolution of single pixels.
  ///
  /// - Throws: ``SealingError``, also for a temperature behind a softmax, which no layer of Keras can apply, and for a rule for unknown
  ///   photos; `ConfidenceError` and `DamagedTargets`.
  public func sealedForKeras() throws -> Model {
    let preprocessing = try preprocessingForSealing()
    let confidence = try checkedConfidence()
    if confidence?.rejection != nil {
      throw SealingError.keras(
        "the rule for photos of none of the classes has no layers; set model.confidence without it")
    }
    let pixels = Conv2D(3, kernelSize: 1)
    let photo = Input(preprocessing.inputShape, name: "photo")
    // A model that shares its layers with this one.
    let body = try Model(inputs: inputs, outputs: outputs)
    var output = body(pixels(photo, name: "pixels"), name: "network")
    let temperature = confidence?.temperature ?? 1
    switch (try checkedTargetMeaning(), outputMeaning ?? .probabilities) {
    case (.numbers(let names, let scaling), _):
      let count = outputShape?.elementCount ?? 0
      guard names.count == count else { throw SealingError.outputs(count, names: names.count) }
      if let scaling { output = Rescaling(scaling.deviation, offset: scaling.mean)(output, name: "units") }
    case (_, .logits):
      if temperature != 1 { output = Rescaling(Float(1 / temperature))(output, name: "temperature") }
      output = Softmax()(output, name: "probabilities")
    case (_, .binaryLogits) where temperature == 1:
      output = ActivationLayer(.sigmoid)(output, name: "probabilities")
    case _ where temperature != 1:
      throw SealingError.keras("the temperature \(temperature) needs logits, and the model ends in probabilities")
    default: break
    }
    let sealed = try Model(input: photo, output: output)
    let scaling = (0..<3).map { preprocessing.scaling(ofChannel: $0) }
    var weight = [Float](repeating: 0, count: 9)
    for channel in 0..<3 {
      weight[3 * channel + (preprocessing.colours == .rgb ? channel : 2 - channel)] = scaling[channel].factor
    }
    pixels.weight.value = Tensor(shape: [3, 3, 1, 1], scalars: weight)
    pixels.bias?.value = Tensor(scaling.map(\.offset))
    sealed.metadata = metadata.filter { !["confidence", "preprocessing"].contains($0.key) }
    let size = preprocessing.imageSize
    sealed.metadata[Self.bytesKey] =
      "photo: numbers from 0 to 255 [N, \(size.height), \(size.width), 3], red, green and blue"
    var bytes = preprocessing
    (bytes.colours, bytes.scale, bytes.normalization) = (.rgb, 1, nil)
    sealed.preprocessing = bytes
    if outputMeaning?.isLogits == true {
      sealed.outputMeaning = outputMeaning == .logits ? .probabilities : .binaryProbabilities
    }
    if case .numbers(let names, _?) = targetMeaning { sealed.targetMeaning = .numbers(names: names, scaling: nil) }
    return sealed
  }

  private func preprocessingForSealing() throws(SealingError) -> Preprocessing {
    guard let preprocessing else { throw .noPreprocessing }
    guard inputShapes == [preprocessing.inputShape], outputCount == 1 else {
      throw .input(found: Array(inputShape ?? []), expected: Array(preprocessing.inputShape))
    }
    return preprocessing
  }
}
