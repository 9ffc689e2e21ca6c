import Data
import NN
import Tensor

/// Shows where a model sees a class in photos.
///
/// ```swift
/// let explainer = try PhotoExplainer(model)
/// let photo = try Image(contentsOfFile: "cat.jpg")
/// let explanation = try explainer.explain(photo)
/// try explanation.sheet(over: photo).write(to: "explained.png")
/// ```
public struct PhotoExplainer: Sendable {
  /// A way to find what matters.
  public enum Method: String, CaseIterable, Sendable {
    /// Grad-CAM; see `ActivationMap.Method`.
    case gradCAM = "grad-cam"
    /// Layer-CAM; see `ActivationMap.Method`.
    case layerCAM = "layer-cam"
    /// Integrated gradients: the sum of the shares of the three colours.
    case integratedGradients = "integrated-gradients"
    /// Occlusion by squares of an eighth of the shorter side.
    case occlusion
  }

  /// The model.
  public let model: Model
  /// The layer whose feature maps Grad-CAM and Layer-CAM weight, as `innerLayers` name it.
  public let layer: String?
  private let preprocessing: Preprocessing
  private let classifier: PhotoClassifier
  private let steps: Int

  /// Prepares a model.
  ///
  /// - Parameters:
  ///   - model: a classifier that knows its preprocessing.
  ///   - layer: the layer that makes the feature maps; `lastFeatureLayer` by default, if the model has a convolution.
  ///   - steps: of integrated gradients.
  /// - Throws: ``ClassifyError`` if the model cannot classify photos, `ModelError` and `ExplanationError` if it has no such layer.
  public init(_ model: Model, layer: String? = nil, steps: Int = 50) throws {
    guard let preprocessing = model.preprocessing else { throw ClassifyError.noPreprocessing }
    classifier = try PhotoClassifier(model)
    (self.model, self.preprocessing, self.steps) = (model, preprocessing, steps)
    if let layer {
      guard let found = model.innerLayers.first(where: { $0.path == layer }) else {
        throw ModelError.noLayer(layer, known: model.innerLayers.map(\.path))
      }
      guard found.outputShape.rank == 3 else {
        throw ExplanationError.noFeatureMaps(layer: layer, shape: found.outputShape)
      }
      self.layer = layer
    } else {
      self.layer = try? model.lastFeatureLayer()
    }
  }

  /// Where a class is seen in a photo.
  ///
  /// - Parameters:
  ///   - photo: the photo.
  ///   - name: the class; the most likely one by default.
  ///   - methods: the ways to find what matters, all by default.
  /// - Throws: ``ClassifyError``, `ExplanationError`, also for an unknown class.
  public func explain(
    _ photo: Image, class name: String? = nil, methods: [Method] = Method.allCases
  ) throws -> PhotoExplanation {
    let answer = try classifier.classify(photo)
    let explained = name ?? answer.first?.name ?? ""
    guard let index = model.classes.firstIndex(of: explained),
      let probability = answer.first(where: { $0.name == explained })?.probability
    else { throw PhotoExplanationError.noClass(explained, known: model.classes) }
    let x = preprocessing(photo).expandingShape(at: 0)
    var (maps, error): ([PhotoExplanation.Map], Float?) = ([], nil)
    for method in methods {
      let values: Tensor<Float>
      switch method {
      case .gradCAM, .layerCAM:
        values = try model.activationMap(
          ofClass: index, in: x, layer: layer, method: method == .gradCAM ? .gradCAM : .layerCAM
        ).values
      case .integratedGradients:
        let shares = try model.integratedGradients(ofClass: index, in: x, baseline: nothing, steps: steps)
        values = shares.values.sum([0])
        error = shares.completenessError / max(abs(shares.scoreDifference), .leastNormalMagnitude)
      case .occlusion:
        let side = max(min(preprocessing.imageSize.height, preprocessing.imageSize.width) / 8, 1)
        values = try model.occlusionMap(
          ofClass: index, in: x, side: side, stride: max(side / 2, 1),
          cover: (0..<3).map { nothing[$0, 0, 0] })
      }
      maps.append(PhotoExplanation.Map(method: method, values: values))
    }
    return PhotoExplanation(
      answer: answer, explainedClass: explained, probability: probability, maps: maps,
      frame: preprocessing.frame(ofPhoto: ImageSize(height: photo.height, width: photo.width)),
      completenessError: error)
  }

  /// An input that shows nothing: mid-gray.
  private var nothing: Tensor<Float> {
    let size = preprocessing.imageSize
    return preprocessing(
      Image(
        width: size.width, height: size.height, pixels: [UInt8](repeating: 128, count: 3 * size.width * size.height)))
  }
}

/// Why a photo cannot be explained.
public enum PhotoExplanationError: Error, Hashable, CustomStringConvertible {
  /// The model has no class of this name.
  case noClass(String, known: [String])

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .noClass(let name, let known):
      "there is no class \"\(name)\"; the model knows \(known.joined(separator: ", "))"
    }
  }
}
