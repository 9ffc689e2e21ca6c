import Foundation

extension URL {
  /// The target of a request: the path and the query, as they are written.
  package var pathAndQuery: String {
    let path = path(percentEncoded: true)
    return (path.isEmpty ? "/" : path) + (query(percentEncoded: true).map { "?\($0)" } ?? "")
  }

  /// Whether scheme, host and port are those of another address, or this address is the encrypted form of it: `https` on
  /// port 443 instead of `http` on port 80.
  package func hasSameOrigin(as other: URL) -> Bool {
    guard let host = host()?.lowercased(), host == other.host()?.lowercased() else { return false }
    if scheme == other.scheme { return effectivePort == other.effectivePort }
    return other.scheme == "http" && scheme == "https" && other.effectivePort == 80 && effectivePort == 443
  }

  /// Whether the scheme is `http` or `https` and the address has a host.
  package var isWebAddress: Bool {
    (scheme == "http" || scheme == "https") && host()?.isEmpty == false
  }

  private var effectivePort: Int? {
    port ?? (scheme == "https" ? 443 : scheme == "http" ? 80 : nil)
  }
}
