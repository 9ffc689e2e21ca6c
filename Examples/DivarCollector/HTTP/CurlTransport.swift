import CCurl
import Foundation
import Synchronization

/// Sends requests through libcurl. It checks certificates and keeps connections. Unlike `URLSession`, it also lets the
/// collector check the address that a name resolves to.
///
/// Settings of the environment (proxies, netrc, cookies) are ignored: behind a proxy, addresses cannot be checked.
package final class CurlTransport: HTTPTransport {
  private let policy: AddressPolicy
  private let timeout: Duration
  /// Handles that are not in use. Each keeps the connection of its last exchange.
  private let idle = Mutex<[CurlHandle]>([])

  /// Makes a transport.
  ///
  /// - Parameters:
  ///   - policy: the machines that it may connect to.
  ///   - timeout: the longest time from the request to the last byte of the answer.
  package init(policy: AddressPolicy = .publicOnly, timeout: Duration = .seconds(60)) {
    self.policy = policy
    self.timeout = timeout
  }

  package func send(_ request: HTTPRequest, into sink: any BodySink) async throws -> HTTPHead {
    let exchange = CurlExchange(request, sink: sink, policy: policy)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // The call of libcurl blocks, so each exchange has its own thread. There are no more threads than connections.
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

/// Owns a handle of libcurl. Only one thread at a time uses it.
final class CurlHandle: @unchecked Sendable {
  private static let isInitialized = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  let pointer: UnsafeMutableRawPointer

  init?() {
    guard Self.isInitialized, let pointer = curl_easy_init() else { return nil }
    self.pointer = pointer
  }

  deinit { curl_easy_cleanup(pointer) }
}
