import Dispatch
import Kilim
import NIOPosix

/// Decodes photos on several threads, and answers them in batches on one.
final class PhotoAnswering: Sendable {
  private let model: ServedModel
  private let limits: ImageLimits
  private let decoders: NIOThreadPool
  /// Runs the model, one call at a time. Not a thread of Swift's own pool, which must not be blocked.
  private let computing = DispatchQueue(label: "model")
  private let queue: BatchQueue<Tensor<Float>, Result<ServedModel.Answer, any Error>>

  init(_ model: ServedModel, limits: ServerLimits, metrics: ServerMetrics) {
    self.model = model
    self.limits = limits.images
    decoders = NIOThreadPool(numberOfThreads: Threads.count)
    decoders.start()
    queue = BatchQueue(largestBatch: limits.batchSize) { [computing] inputs in
      metrics.countBatch(of: inputs.count)
      return await withCheckedContinuation { continuation in
        computing.async { continuation.resume(returning: model.answers(for: inputs)) }
      }
    }
  }

  deinit {
    decoders.shutdownGracefully { _ in }
  }

  /// The answer for a photo.
  ///
  /// - Throws: `ImageError` if it cannot be decoded, or what the model throws.
  func answer(for photo: UploadedPhoto) async throws -> ServedModel.Answer {
    let input = try await decoders.runIfActive { [model, limits] in
      try model.input(decoding: photo.bytes, name: photo.name, limits: limits)
    }
    return try await queue.output(for: input).get()
  }

  /// A picture of where the model sees a class in a photo; `nil` for models that cannot tell.
  ///
  /// - Throws: `ImageError` if it cannot be decoded, `PhotoExplanationError` for an unknown class.
  func explanation(of photo: UploadedPhoto, class name: String?) async throws -> [UInt8]? {
    try await withCheckedThrowingContinuation { continuation in
      computing.async { [model, limits] in
        continuation.resume(with: Result { try model.explanation(of: photo, class: name, limits: limits) })
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
