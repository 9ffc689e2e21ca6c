import CCurl
import Foundation
import Synchronization

/// Exchanges through libcurl, which checks certificates, keeps connections and, unlike `URLSession`, lets the address
/// be judged that a name leads to.
///
/// Settings of the environment (proxies, netrc, cookies) are left aside: behind a proxy addresses cannot be judged.
package final class CurlTransport: HTTPTransport {
  private let policy: AddressPolicy
  private let timeout: Duration
  /// Handles that wait for their next exchange; each keeps the connection of its last one.
  private let idle = Mutex<[CurlHandle]>([])

  /// Makes a transport.
  ///
  /// - Parameters:
  ///   - policy: which machines may be spoken to.
  ///   - timeout: the longest time from the request to the last byte of the answer.
  package init(policy: AddressPolicy = .publicOnly, timeout: Duration = .seconds(60)) {
    self.policy = policy
    self.timeout = timeout
  }

  package func send(_ request: HTTPRequest, into sink: any BodySink) async throws -> HTTPHead {
    let exchange = CurlExchange(request, sink: sink, policy: policy)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // libcurl waits in its call, so each exchange has a thread; there are no more of them than connections.
        Thread.detachNewThread { [self] in
          continuation.resume(with: Result { try perform(exchange) })
        }
      }
    } onCancel: {
      exchange.cancel()
    }
  }

  private func perform(_ exchange: CurlExchange) throws -> HTTPHead {
    guard let handle = idle.withLock({ $0.popLast() }) ?? CurlHandle() else {
      throw HTTPFailure.other(reason: "libcurl cannot be initialized")
    }
    defer { idle.withLock { $0.append(handle) } }
    return try exchange.perform(on: handle, timeout: timeout)
  }
}

/// Owns a handle of libcurl, used by one thread at a time.
final class CurlHandle: @unchecked Sendable {
  private static let isInitialized = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  let pointer: UnsafeMutableRawPointer

  init?() {
    guard Self.isInitialized, let pointer = curl_easy_init() else { return nil }
    self.pointer = pointer
  }

  deinit { curl_easy_cleanup(pointer) }
}
