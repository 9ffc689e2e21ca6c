import Foundation

/// A request to a server.
package struct HTTPRequest: Sendable {
  /// The method.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  /// The address; `http` or `https`.
  package var url: URL
  /// The method.
  package var method: Method
  /// Header fields by name.
  package var headers: [String: String]
  /// The body of a `POST`.
  package var body: [UInt8]
  /// The largest number of bytes that an answer may have.
  package var byteLimit: Int

  /// Makes a request.
  package init(
    _ url: URL, method: Method = .get, headers: [String: String] = [:], body: [UInt8] = [], byteLimit: Int
  ) {
    self.url = url
    self.method = method
    self.headers = headers
    self.body = body
    self.byteLimit = byteLimit
  }
}

/// The beginning of an answer: everything except the body.
package struct HTTPHead: Sendable {
  /// The status, 200 for success.
  package var status: Int
  /// Header fields by lower-case name. If a field occurs twice, the last one counts.
  package var headers: [String: String]

  /// Makes a head.
  package init(status: Int, headers: [String: String] = [:]) {
    self.status = status
    self.headers = headers
  }

  /// The number of bytes of the body, if the server says it.
  var length: Int? { headers["content-length"].flatMap { Int($0) } }

  /// Whether the status means success (2xx).
  package var isSuccess: Bool { (200..<300).contains(status) }
}
