import Foundation

/// Keeps the robots.txt of every site during a run. Each is read once, even if several requests need it at the same
/// time.
actor RobotsKeeper {
  private var known: [String: Task<RobotsRules, any Error>] = [:]

  /// The rules of the site that `url` belongs to.
  ///
  /// - Parameter read: reads the robots.txt at an address.
  func rules(
    for url: URL, read: @escaping @Sendable (URL) async throws -> RobotsRules
  ) async throws -> RobotsRules {
    guard let address = URL(string: "/robots.txt", relativeTo: url)?.absoluteURL else { return .disallowingAll }
    let reading = known[address.absoluteString] ?? Task { try await read(address) }
    known[address.absoluteString] = reading
    return try await withTaskCancellationHandler {
      try await reading.value
    } onCancel: {
      reading.cancel()
    }
  }
}
