import Foundation

extension URL {
  /// What a server is asked for: the path and the query, as they are written.
  var pathAndQuery: String {
    let path = path(percentEncoded: true)
    return (path.isEmpty ? "/" : path) + (query(percentEncoded: true).map { "?\($0)" } ?? "")
  }

  /// Whether both lie on one site. The step from `http` to `https` is allowed, the one back is not.
  func isSameHost(as other: URL) -> Bool {
    guard let host = host()?.lowercased(), host == other.host()?.lowercased() else { return false }
    if scheme == other.scheme { return effectivePort == other.effectivePort }
    return other.scheme == "http" && scheme == "https" && other.effectivePort == 80 && effectivePort == 443
  }

  /// Whether the address names a host and is one of HTTP.
  package var isWebAddress: Bool {
    (scheme == "http" || scheme == "https") && host()?.isEmpty == false
  }

  private var effectivePort: Int? {
    port ?? (scheme == "https" ? 443 : scheme == "http" ? 80 : nil)
  }
}
