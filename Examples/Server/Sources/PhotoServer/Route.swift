import HTTPTypes
import Hummingbird

/// What answers the requests of a method for a path. Those of `GET` answer `HEAD` too.
struct Route: Sendable {
  let method: HTTPRequest.Method
  let path: String
  /// Whether clients must show the token of the server, if it has one.
  let asksForToken: Bool
  let answer: @Sendable (Request, ServerContext) async throws -> Response

  init(
    _ method: HTTPRequest.Method, _ path: String, asksForToken: Bool = true,
    _ answer: @escaping @Sendable (Request, ServerContext) async throws -> Response
  ) {
    (self.method, self.path, self.asksForToken, self.answer) = (method, path, asksForToken, answer)
  }
}
