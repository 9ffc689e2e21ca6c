import Foundation

/// What a server on loopback was asked.
public struct FixtureRequest: Sendable {
  public let method: String
  /// Path and query, as they were sent.
  public let target: String
  public let headers: [String: String]
  public let body: [UInt8]
  public let time: ContinuousClock.Instant

  /// The path alone.
  public var path: String { String(target.prefix { $0 != "?" }) }
}

/// What it answers, and how badly.
public struct FixtureAnswer: Sendable {
  /// The ways in which a body is sent.
  public enum Manner: Sendable {
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

  public var status = 200
  public var headers: [String: String] = [:]
  public var body: [UInt8] = []
  public var manner = Manner.whole

  public init(
    status: Int = 200, headers: [String: String] = [:], body: [UInt8] = [], manner: Manner = .whole
  ) {
    (self.status, self.headers, self.body, self.manner) = (status, headers, body, manner)
  }

  public static func json(_ text: String) -> FixtureAnswer {
    FixtureAnswer(headers: ["Content-Type": "application/json"], body: Array(text.utf8))
  }

  public static func html(_ text: String, status: Int = 200) -> FixtureAnswer {
    FixtureAnswer(status: status, headers: ["Content-Type": "text/html; charset=utf-8"], body: Array(text.utf8))
  }

  public static func status(_ status: Int, _ headers: [String: String] = [:]) -> FixtureAnswer {
    FixtureAnswer(status: status, headers: headers)
  }

  public static func redirect(_ status: Int = 302, to location: String) -> FixtureAnswer {
    FixtureAnswer(status: status, headers: ["Location": location])
  }

  /// A file with a mark of its version, so that the server sends parts of it on request.
  public static func file(_ body: [UInt8], type: String = "image/jpeg", manner: Manner = .whole) -> FixtureAnswer {
    FixtureAnswer(
      headers: ["Content-Type": type, "ETag": "\"\(body.count)-\(body.reduce(0) { $0 &* 31 &+ Int($1) })\""],
      body: body, manner: manner)
  }

  /// The answer to a request for a part, if the file has a mark and the part exists.
  public func part(_ request: FixtureRequest) -> FixtureAnswer {
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
public struct FixtureLogEntry: Sendable {
  public let request: FixtureRequest
  /// Which of the server's connections it came over, counted in the order of their acceptance.
  public let connection: Int
  public let status: Int
  /// Where in the file the answer began.
  public let start: Int
  /// Bytes of the body that were sent.
  public var sentCount = 0
  /// Whether the answer was sent to its end and its reader took it from the connection: one that is killed before
  /// leaves bytes behind, and the system answers with a reset.
  public var isDelivered = false
}
