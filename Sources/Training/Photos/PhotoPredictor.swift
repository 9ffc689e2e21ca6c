import Autograd
import Data
import NN
import Tensor

/// Answers for photos with a model that tells classes or predicts numbers, and prepares once what each photo needs.
///
/// ```swift
/// let predictor = try PhotoPredictor(model)
/// for path in test.paths {
///   let answer = try predictor.classify(contentsOfFile: path)
///   print(answer.isUnknown ? "none of these" : answer[0].name, answer[0].probability)
/// }
/// ```
public struct PhotoPredictor: Sendable {
  /// The model.
  public let model: Model
  /// How a photo becomes an input of the model.
  public let preprocessing: Preprocessing
  private let reading: Reading
  private let views: TestViews

  /// How the outputs of the model become answers.
  private enum Reading {
    case classes(ClassOutputs)
    case numbers(NumberOutputs)
  }

  /// Prepares a model.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - views: the views of each photo whose probabilities or numbers are averaged; the photo alone by default.
  /// - Throws: ``ClassifyError`` if the model has no preprocessing, or its ``Confidence`` or its numbers do not fit it;
  ///   ``FitError`` if it has several inputs or outputs.
  public init(_ model: Model, views: TestViews = .single) throws {
    guard let preprocessing = model.preprocessing else { throw ClassifyError.noPreprocessing }
    (self.model, self.preprocessing, self.views) = (model, preprocessing, views)
    try model.check(inputShape: preprocessing.inputShape, count: 1)
    reading =
      if let numbers = try NumberOutputs(model) { .numbers(numbers) } else { .classes(try ClassOutputs(model)) }
  }

  /// Whether the model predicts numbers; otherwise it tells classes.
  public var predictsNumbers: Bool {
    if case .numbers = reading { true } else { false }
  }

  /// Whether the model can tell photos of none of its classes.
  public var rejectsPhotos: Bool {
    if case .classes(let classes) = reading { classes.rejectsPhotos } else { false }
  }

  // MARK: One photo

  /// The answer for a photo.
  ///
  /// - Throws: ``ClassifyError`` when the outputs are not what the model says that they are.
  public func predict(_ photo: Image) throws -> PhotoAnswer { try predict(input: preprocessing(photo)) }

  /// The answer for the photo in a file. The file is decoded like the photos of the training.
  ///
  /// - Throws: ``ClassifyError`` as `predict(_:)`, and `ImageError` when the file cannot be used.
  public func predict(contentsOfFile path: String, limits: ImageLimits = .standard) throws -> PhotoAnswer {
    try predict(input: preprocessing(contentsOfFile: path, limits: limits))
  }

  /// The classes of a photo, the most likely first; see ``NN/Model/classify(_:views:)``.
  ///
  /// - Throws: ``ClassifyError`` when the outputs are not probabilities of the classes.
  public func classify(_ photo: Image) throws -> ClassifiedPhoto { try predict(photo).classified() }

  /// The classes of the photo in a file, the most likely first; see ``NN/Model/classify(contentsOfFile:limits:views:)``.
  ///
  /// - Throws: ``ClassifyError`` as `classify(_:)`, and `ImageError` when the file cannot be used.
  public func classify(contentsOfFile path: String, limits: ImageLimits = .standard) throws -> ClassifiedPhoto {
    try predict(contentsOfFile: path, limits: limits).classified()
  }

  // MARK: Several photos

  /// The input that a photo becomes, `[3, H, W]`: for ``predict(inputs:)``, which answers for several at once.
  ///
  /// - Parameters:
  ///   - bytes: the content of the photo's file.
  ///   - path: what an error names as the source.
  ///   - limits: the largest photo to decode.
  /// - Throws: `ImageError` when the bytes hold no photo, are damaged or exceed `limits`.
  public func input(
    decoding bytes: [UInt8], path: String = "bytes in memory", limits: ImageLimits = .standard
  ) throws(ImageError) -> Tensor<Float> {
    try preprocessing(decoding: bytes, path: path, limits: limits)
  }

  /// The answers for several photos, computed as one batch: faster than one by one.
  ///
  /// - Parameter inputs: the photos, each as `input(decoding:path:limits:)` makes it. Stops if one has another shape.
  /// - Returns: the answer for each photo, or the ``ClassifyError`` of this photo alone.
  public func predict(inputs: [Tensor<Float>]) -> [Result<PhotoAnswer, any Error>] {
    require(
      inputs.allSatisfy { $0.shape == preprocessing.inputShape },
      "predict: the inputs are \(inputs.map(\.shape)), each must be \(preprocessing.inputShape)")
    if inputs.isEmpty { return [] }
    do {
      let views = try views.inputs(Tensor(concatenating: inputs.map { $0.expandingShape(at: 0) }))
      let outputs = network.outputs(of: [Variable(Tensor(concatenating: views))], Context(.inference))
      return inputs.indices.map { photo in
        Result { try answer(rows: views.indices.map { $0 * inputs.count + photo }, of: outputs) }
      }
    } catch {
      return inputs.map { _ in .failure(error) }
    }
  }

  /// The answer for one photo as ``preprocessing`` makes it.
  func predict(input: Tensor<Float>) throws -> PhotoAnswer { try predict(inputs: [input])[0].get() }

  private var network: Model {
    if case .classes(let classes) = reading { classes.network } else { model }
  }

  /// The answer for one photo, whose views are the given rows of the outputs.
  private func answer(rows: [Int], of outputs: [Variable<Float>]) throws -> PhotoAnswer {
    switch reading {
    case .classes(let classes): .classes(try classes.answer(rows: rows, of: outputs))
    case .numbers(let numbers): .numbers(try numbers.answer(rows: rows, of: outputs[0].value))
    }
  }
}
