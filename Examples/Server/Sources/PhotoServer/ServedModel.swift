import Kilim
import Synchronization

/// A model that answers for photos.
public struct ServedModel: Sendable {
  /// What the model tells about a photo.
  enum Answer: Sendable {
    case classes(ClassifiedPhoto)
    case numbers([Estimate])
  }

  private enum Kind {
    case classes(PhotoClassifier)
    case numbers(Preprocessing)
  }

  /// The name of the model, for its clients.
  let name: String
  let model: Model
  private let kind: Kind
  /// Shows where the model sees a class; `nil` for models that cannot tell.
  private let explainer: PhotoExplainer?

  /// Prepares a model that tells classes or predicts numbers, and computes one answer, so that the first client waits no longer
  /// than others.
  ///
  /// - Throws: `ClassifyError` or `FitError` if the model cannot answer for photos.
  public init(_ model: Model, name: String) throws {
    (self.model, self.name) = (model, name)
    if case .numbers = model.targetMeaning {
      guard let preprocessing = model.preprocessing else { throw ClassifyError.noPreprocessing }
      kind = .numbers(preprocessing)
      explainer = nil
    } else {
      kind = .classes(try PhotoClassifier(model))
      let explainer = try PhotoExplainer(model)
      self.explainer = explainer.layer == nil ? nil : explainer
    }
    let gray = Image(width: 1, height: 1, pixels: [128, 128, 128])
    if let preprocessing = model.preprocessing { _ = try answers(for: [preprocessing(gray)])[0].get() }
  }

  /// Whether the model can tell photos of none of its classes.
  var rejectsPhotos: Bool {
    if case .classes(let classifier) = kind { classifier.rejectsPhotos } else { false }
  }

  /// Whether the model can show where it sees a class.
  var explains: Bool { explainer != nil }

  /// A picture of where the model sees a class in a photo, by Grad-CAM: a PNG file.
  ///
  /// - Parameters:
  ///   - photo: the photo.
  ///   - name: the class; the most likely one by default.
  /// - Throws: `ImageError` when the photo cannot be used, `PhotoExplanationError` for an unknown class.
  func explanation(of photo: UploadedPhoto, class name: String?, limits: ImageLimits) throws -> [UInt8]? {
    guard let explainer else { return nil }
    let image = try Image(decoding: photo.bytes, path: photo.name, limits: limits)
    let sheet = try explainer.explain(image, class: name, methods: [.gradCAM]).sheet(over: image)
    let canvas = try Canvas(.png, size: sheet.preferredSize, scale: 1.5)
    sheet.draw(on: canvas, in: canvas.bounds)
    return try canvas.encoded()
  }

  /// The input that a photo becomes.
  ///
  /// - Throws: `ImageError` when the bytes hold no photo, are damaged or exceed `limits`.
  func input(decoding bytes: [UInt8], name: String, limits: ImageLimits) throws -> Tensor<Float> {
    switch kind {
    case .classes(let classifier): try classifier.input(decoding: bytes, path: name, limits: limits)
    case .numbers(let preprocessing): try preprocessing(decoding: bytes, path: name, limits: limits)
    }
  }

  /// The answer for each photo, from what `input` has made of it.
  func answers(for inputs: [Tensor<Float>]) -> [Result<Answer, any Error>] {
    switch kind {
    case .classes(let classifier): classifier.classify(inputs: inputs).map { $0.map(Answer.classes) }
    case .numbers: inputs.map { input in Result { .numbers(try model.estimate(input: input)) } }
    }
  }
}
