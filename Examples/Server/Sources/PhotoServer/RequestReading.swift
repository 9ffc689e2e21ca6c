import Hummingbird
import NIOCore

/// Reads the bodies of requests within the limits.
struct RequestReading: Sendable {
  let limits: ServerLimits
  /// The bytes of all bodies in memory.
  let held: Admission

  init(_ limits: ServerLimits) {
    self.limits = limits
    held = Admission(limit: limits.totalBytes)
  }

  /// Reads the body of a request, and passes it to a closure.
  ///
  /// - Throws: `HTTPError` 413 if it is too large, 408 if it comes too slowly, 503 if all bodies
  ///   together are too large.
  func withBody<Result: Sendable>(
    of request: Request, _ context: ServerContext, _ use: @Sendable ([UInt8]) async throws -> Result
  ) async throws -> Result {
    if let text = request.headers[.contentLength], let length = Int(text), length > limits.bodyBytes {
      throw tooLarge("\(length) bytes")
    }
    let taken = Taken(held)
    defer { taken.giveBack() }
    let bytes = try await withDeadline { try await read(request, taken) }
    context.body.isRead = true
    return try await use(bytes)
  }

  private func read(_ request: Request, _ taken: Taken) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    for try await piece in request.body {
      guard bytes.count + piece.readableBytes <= limits.bodyBytes else { throw tooLarge("more") }
      guard taken.take(piece.readableBytes) else {
        throw HTTPError(
          .serviceUnavailable, headers: [.retryAfter: "1"], message: "the server holds too many photos; try again soon")
      }
      bytes.append(contentsOf: piece.readableBytesView)
    }
    return bytes
  }

  private func withDeadline(_ read: @escaping @Sendable () async throws -> [UInt8]) async throws -> [UInt8] {
    try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
      group.addTask { try await read() }
      group.addTask { [seconds = limits.bodySeconds] in
        try await Task.sleep(for: .seconds(seconds))
        return nil
      }
      defer { group.cancelAll() }
      guard let bytes = try await group.next() ?? nil else {
        throw HTTPError(.requestTimeout, message: "the body did not arrive within \(limits.bodySeconds) s")
      }
      return bytes
    }
  }

  private func tooLarge(_ found: String) -> HTTPError {
    HTTPError(.contentTooLarge, message: "the body has \(found), at most \(limits.bodyBytes) bytes are allowed")
  }
}

/// What one request has taken.
private final class Taken: Sendable {
  private let admission: Admission
  private let own = Admission(limit: .max)

  init(_ admission: Admission) {
    self.admission = admission
  }

  func take(_ amount: Int) -> Bool { admission.take(amount) && own.take(amount) }

  func giveBack() { admission.giveBack(own.count) }
}
