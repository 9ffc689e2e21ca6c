import Dispatch
import Kilim
import NIOPosix

/// Decodes photos on several threads, and answers them in batches on one.
final class PhotoAnswering: Sendable {
  /// The model, with what each photo needs.
  let predictor: PhotoPredictor
  /// Shows where the model sees a class, or what raises a number; `nil` for models that cannot tell.
  private let explainer: PhotoExplainer?
  private let limits: ImageLimits
  private let decoders: NIOThreadPool
  /// Runs the model, one call at a time. Not a thread of Swift's own pool, which must not be blocked.
  private let computing = DispatchQueue(label: "model")
  private let queue: BatchQueue<Tensor<Float>, Result<PhotoAnswer, any Error>>

  /// Prepares a model, and computes one answer, so that the first client waits no longer than others.
  ///
  /// - Throws: `ClassifyError` or `FitError` if the model cannot answer for photos.
  init(_ model: Model, limits: ServerLimits, metrics: ServerMetrics) throws {
    let explainer = try PhotoExplainer(model)
    let predictor = explainer.predictor
    _ = try predictor.predict(Image(width: 1, height: 1, pixels: [128, 128, 128]))
    self.predictor = predictor
    self.explainer = explainer.layer == nil ? nil : explainer
    self.limits = limits.images
    decoders = NIOThreadPool(numberOfThreads: min(Threads.count, limits.decoders))
    decoders.start()
    queue = BatchQueue(largestBatch: limits.batchSize) { [computing] inputs in
      metrics.countBatch(of: inputs.count)
      return await withCheckedContinuation { continuation in
        computing.async { continuation.resume(returning: predictor.predict(inputs: inputs)) }
      }
    }
  }

  deinit {
    decoders.shutdownGracefully { _ in }
  }

  /// Whether the model can show where it sees a class, or what raises a number.
  var explains: Bool { explainer != nil }

  /// The answer for a photo.
  ///
  /// - Throws: `ImageError` if it cannot be decoded, or what the model throws.
  func answer(for photo: UploadedPhoto) async throws -> PhotoAnswer {
    let input = try await decoders.runIfActive { [predictor, limits] in
      try predictor.input(decoding: photo.bytes, path: photo.name, limits: limits)
    }
    return try await queue.output(for: input).get()
  }

  /// A picture of where the model sees a class in a photo, or what raises a number, by Grad-CAM: a PNG file; `nil` for models that
  /// cannot tell.
  ///
  /// - Parameters:
  ///   - photo: the photo.
  ///   - name: the class, by default the most likely one; or the number, by default the first one.
  /// - Throws: `ImageError` if it cannot be decoded, `PhotoExplanationError` for an unknown name.
  func explanation(of photo: UploadedPhoto, name: String?) async throws -> [UInt8]? {
    guard let explainer else { return nil }
    return try await withCheckedThrowingContinuation { continuation in
      computing.async { [limits] in
        continuation.resume(
          with: Result {
            let explanation = try explainer.explain(
              decoding: photo.bytes, path: photo.name, limits: limits, of: name, methods: [.gradCAM])
            let sheet = explanation.sheet()
            let canvas = try Canvas(.png, size: sheet.preferredSize, scale: 1.5)
            sheet.draw(on: canvas, in: canvas.bounds)
            return try canvas.encoded()
          })
      }
    }
  }
}

/// A photo of a request.
struct UploadedPhoto: Equatable, Sendable {
  /// As the client names it.
  let name: String
  /// The content of its file.
  let bytes: [UInt8]
}
