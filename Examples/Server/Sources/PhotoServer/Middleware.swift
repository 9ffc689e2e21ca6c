import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Counts requests, gives errors as JSON, and ends a connection whose body was not read.
struct Accounting: RouterMiddleware {
  let metrics: ServerMetrics

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let start = ContinuousClock.now
    var response: Response
    do {
      response = try await next(request, context)
    } catch let error as any HTTPResponseError {
      response = try error.response(from: request, context: context)
    } catch {
      context.logger.error("\(error)")
      response = try HTTPError(.internalServerError, message: "the server failed").response(
        from: request, context: context)
    }
    let mayHaveBody = request.headers[.transferEncoding] != nil || request.headers[.contentLength] ?? "0" != "0"
    if mayHaveBody, !context.body.isRead {
      response.headers[.connection] = "close"
      context.closeSoon()
    }
    // Otherwise a client may send its next request while the connection closes, and lose it.
    if Task.isShuttingDownGracefully { response.headers[.connection] = "close" }
    metrics.countRequest(
      context.endpointPath ?? "", status: response.status.code,
      seconds: start.duration(to: .now) / .seconds(1))
    return response
  }
}

/// Answers other methods than those of a path with status 405.
struct MethodCheck: RouterMiddleware {
  /// The methods of each path.
  private let methods: [String: [HTTPRequest.Method]]

  init(_ routes: [Route]) {
    methods = Dictionary(
      routes.map { ($0.path, $0.method == .get ? [.get, .head] : [$0.method]) }, uniquingKeysWith: +)
  }

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    guard let allowed = methods[request.uri.path], !allowed.contains(request.method) else {
      return try await next(request, context)
    }
    let names = allowed.map(\.rawValue).joined(separator: ", ")
    throw HTTPError(.methodNotAllowed, headers: [.allow: names], message: "this path takes \(names)")
  }
}

/// Tells browsers to load and run nothing but the server's own page.
struct SafeHeaders: RouterMiddleware {
  private static let headers: [(HTTPField.Name, String)] = [
    (
      .contentSecurityPolicy,
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    (.xContentTypeOptions, "nosniff"), (.cacheControl, "no-store"),
  ]
  private static let named = [
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
  ]

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    for (name, value) in Self.headers { response.headers[name] = value }
    for (text, value) in Self.named {
      if let name = HTTPField.Name(text) { response.headers[name] = value }
    }
    return response
  }
}

/// Refuses requests without the right token in `Authorization: Bearer …`.
struct TokenCheck: RouterMiddleware {
  let token: String

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let given = request.headers[.authorization] ?? ""
    guard given.lowercased().hasPrefix("bearer "), equal(given.dropFirst("bearer ".count), token) else {
      throw HTTPError(
        .unauthorized, headers: [.wwwAuthenticate: "Bearer"], message: "a token is needed: Authorization: Bearer TOKEN")
    }
    return try await next(request, context)
  }

  /// Compares in a time that does not tell how much of the token is right.
  private func equal(_ given: Substring, _ token: String) -> Bool {
    let (given, token) = (Array(given.utf8), Array(token.utf8))
    guard given.count == token.count else { return false }
    return zip(given, token).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
