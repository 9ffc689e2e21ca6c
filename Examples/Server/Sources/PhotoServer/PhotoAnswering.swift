import Dispatch
import Kilim
import NIOPosix

/// Decodes photos on several threads, and answers them in batches on one.
final class PhotoAnswering: Sendable {
  private let model: ServedModel
  private let limits: ImageLimits
  private let decoders: NIOThreadPool
  private let queue: BatchQueue<Tensor<Float>, Result<ServedModel.Answer, any Error>>

  init(_ model: ServedModel, limits: ServerLimits, metrics: ServerMetrics) {
    self.model = model
    self.limits = limits.images
    decoders = NIOThreadPool(numberOfThreads: Threads.count)
    decoders.start()
    // Not a thread of Swift's own pool, which must not be blocked.
    let computing = DispatchQueue(label: "model")
    queue = BatchQueue(largestBatch: limits.batchSize) { inputs in
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
}

/// A photo of a request.
struct UploadedPhoto: Equatable, Sendable {
  /// As the client names it.
  let name: String
  /// The content of its file.
  let bytes: [UInt8]
}
