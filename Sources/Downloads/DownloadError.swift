/// Why a file was not downloaded.
public enum DownloadError: Error, Equatable, CustomStringConvertible {
  /// The address is not one of the web.
  case address(String)
  /// The expected digest is not one.
  case digest(String)
  /// The path holds something already.
  case exists(path: String, found: String)
  /// The server answers with a status that is no success.
  case status(Int, url: String)
  /// The server redirects to an address that is not followed.
  case redirect(to: String, reason: String, url: String)
  /// The server answers with a web page in place of a file: one that asks to sign in, for example.
  case webPage(url: String)
  /// All bytes have arrived, and are not those that were expected. They are removed.
  case otherContent(url: String, found: String, expected: String)
  /// The connection or the answer is of no use, after all tries.
  case failed(url: String, reason: String)
  /// The file cannot be written.
  case notWritten(path: String, reason: String)

  /// The address or the path, what was found and what was expected.
  public var description: String {
    switch self {
    case .address(let text): "cannot download \"\(text)\": it must begin with http:// or https:// and name a host"
    case .digest(let text): "a SHA-256 digest has 64 hexadecimal digits, not \"\(text)\""
    case .exists(let path, let found):
      "cannot download to \"\(path)\": \(found) is there already; remove it or choose another path"
    case .status(let status, let url): "cannot download \(url): the status is \(status)"
    case .redirect(let address, let reason, let url): "cannot download \(url): it redirects to \(address), \(reason)"
    case .webPage(let url):
      "cannot download \(url): a web page came in place of a file; open the address in a browser to see what it asks for"
    case .otherContent(let url, let found, let expected):
      "the file from \(url) has the SHA-256 digest \(found), expected \(expected); it was removed"
    case .failed(let url, let reason): "cannot download \(url): \(reason)"
    case .notWritten(let path, let reason): "cannot download to \"\(path)\": \(reason)"
    }
  }
}
