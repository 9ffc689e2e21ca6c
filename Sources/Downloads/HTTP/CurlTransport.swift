import CCurl
import Foundation
import Synchronization

/// Sends requests through libcurl. It checks certificates and keeps connections. Unlike `URLSession`, it also allows to check
/// the address that a name resolves to.
package final class CurlTransport: HTTPTransport {
  /// The limits of an exchange.
  struct Settings {
    /// The longest time from the request to the last byte of the answer; `nil` for any.
    var timeout: Duration?
    /// The longest time without a byte; `nil` for any.
    var patience: Duration?
    /// Whether proxies that the environment names are used. Behind a proxy, addresses cannot be checked.
    var usesProxies = false
  }

  private let policy: AddressPolicy
  private let settings: Settings
  /// Handles that are not in use. Each keeps the connection of its last exchange.
  private let idle = Mutex<[CurlHandle]>([])

  /// Makes a transport for the pages and pictures of a site. Settings of the environment (proxies, netrc, cookies) are ignored.
  ///
  /// - Parameters:
  ///   - policy: the machines that it may connect to.
  ///   - timeout: the longest time from the request to the last byte of the answer.
  package init(policy: AddressPolicy = .publicOnly, timeout: Duration = .seconds(60)) {
    self.policy = policy
    settings = Settings(timeout: timeout)
  }

  /// Makes a transport for files of any size from any machine, also through proxies.
  ///
  /// - Parameter patience: the longest time without a byte.
  init(patience: Duration) {
    policy = .any
    settings = Settings(patience: patience, usesProxies: true)
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
    return try exchange.perform(on: handle, settings)
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
