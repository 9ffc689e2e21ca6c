import Foundation

/// What a server on loopback was asked.
struct FixtureRequest: Sendable {
  let method: String
  /// Path and query, as they were sent.
  let target: String
  let headers: [String: String]
  let body: [UInt8]
  let time: ContinuousClock.Instant

  /// The path alone.
  var path: String { String(target.prefix { $0 != "?" }) }
}

/// What it answers, and how badly.
struct FixtureAnswer: Sendable {
  /// The ways in which a body is sent.
  enum Manner: Sendable {
    /// At once.
    case whole
    /// In pieces with pauses between them.
    case pieces(Int, pause: Duration)
    /// So many bytes, then a reset.
    case reset(after: Int)
    /// Nothing at all: the connection stays open until the other side closes it.
    case never
    /// Without telling the length.
    case chunked
    /// Zeros without end.
    case endless
  }

  var status = 200
  var headers: [String: String] = [:]
  var body: [UInt8] = []
  var manner = Manner.whole

  static func json(_ text: String) -> FixtureAnswer {
    FixtureAnswer(headers: ["Content-Type": "application/json"], body: Array(text.utf8))
  }

  static func html(_ text: String, status: Int = 200) -> FixtureAnswer {
    FixtureAnswer(status: status, headers: ["Content-Type": "text/html; charset=utf-8"], body: Array(text.utf8))
  }

  static func status(_ status: Int, _ headers: [String: String] = [:]) -> FixtureAnswer {
    FixtureAnswer(status: status, headers: headers)
  }

  static func redirect(_ status: Int = 302, to location: String) -> FixtureAnswer {
    FixtureAnswer(status: status, headers: ["Location": location])
  }

  /// A file with a mark of its version, so that the server sends parts of it on request.
  static func file(_ body: [UInt8], type: String = "image/jpeg", manner: Manner = .whole) -> FixtureAnswer {
    FixtureAnswer(
      headers: ["Content-Type": type, "ETag": "\"\(body.count)-\(body.reduce(0) { $0 &* 31 &+ Int($1) })\""],
      body: body, manner: manner)
  }

  /// The answer to a request for a part, if the file has a mark and the part exists.
  func part(_ request: FixtureRequest) -> FixtureAnswer {
    guard status == 200, headers["ETag"] != nil, let range = request.headers["range"],
      let match = range.wholeMatch(of: /bytes=(\d+)-/), let start = Int(match.1)
    else { return self }
    guard start < body.count else { return .status(416, ["Content-Range": "bytes */\(body.count)"]) }
    var part = self
    part.status = 206
    part.headers["Content-Range"] = "bytes \(start)-\(body.count - 1)/\(body.count)"
    part.body = Array(body[start...])
    return part
  }
}

/// What a server did with one request.
struct FixtureLogEntry: Sendable {
  let request: FixtureRequest
  /// Which of the server's connections it came over, counted in the order of their acceptance.
  let connection: Int
  let status: Int
  /// Where in the file the answer began.
  let start: Int
  /// Bytes of the body that were sent.
  var sentCount = 0
  /// Whether the answer was sent to its end and its reader took it from the connection: one that is killed before
  /// leaves bytes behind, and the system answers with a reset.
  var isDelivered = false
}
