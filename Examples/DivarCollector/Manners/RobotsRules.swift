import Downloads
import Serialization

/// The rules of a robots.txt that are meant for one program (RFC 9309).
package struct RobotsRules: Sendable, Equatable {
  /// A path pattern and whether it allows.
  struct Rule: Sendable, Equatable {
    var pattern: RobotsPattern
    var allows: Bool
  }

  private(set) var rules: [Rule] = []
  /// The seconds between two requests that the file asks for. Not in the RFC, but it costs nothing to be kind.
  package private(set) var crawlDelay: Double?

  /// No rules: everything is allowed.
  package static let allowingAll = RobotsRules()

  /// Rules for a site whose robots.txt cannot be read: nothing is allowed (RFC 9309, 2.3.1.4).
  package static let disallowingAll = RobotsRules(rules: [Rule(pattern: RobotsPattern("/"), allows: false)])

  private init(rules: [Rule] = []) {
    self.rules = rules
  }

  /// Reads the groups for `product`, or those for `*` if none names it.
  package init(parsing text: String, product: String) {
    var named = RobotsRules()
    var general = RobotsRules()
    var isNamedPresent = false
    var agents: [String] = []
    var isInsideRules = false
    for line in text.split(whereSeparator: \.isNewline) {
      guard let (key, value) = Self.record(line) else { continue }
      if key == "user-agent" {
        if isInsideRules { agents = [] }
        isInsideRules = false
        agents.append(value.lowercased())
        isNamedPresent = isNamedPresent || Self.names(value, product)
      } else if ["allow", "disallow", "crawl-delay"].contains(key) {
        isInsideRules = true
        if agents.contains(where: { Self.names($0, product) }) { named.take(key, value) }
        if agents.contains("*") { general.take(key, value) }
      }
    }
    self = isNamedPresent ? named : general
  }

  /// Whether a path with its query may be fetched: the longest pattern decides, and of two the one that allows.
  package func allow(_ path: String) -> Bool {
    if path == "/robots.txt" { return true }
    let path = RobotsPattern.normalized(path, isPattern: false)
    let longest = rules.filter { $0.pattern.matches(path) }
      .max { ($0.pattern.length, $0.allows ? 1 : 0) < ($1.pattern.length, $1.allows ? 1 : 0) }
    return longest?.allows ?? true
  }

  private mutating func take(_ key: String, _ value: String) {
    if key == "crawl-delay" {
      if let seconds = Double(value), seconds > 0, seconds.isFinite { crawlDelay = max(crawlDelay ?? 0, seconds) }
    } else if !value.isEmpty {
      rules.append(Rule(pattern: RobotsPattern(value), allows: key == "allow"))
    }
  }

  /// Whether a user-agent line means the product: its name up to a version.
  private static func names(_ agent: String, _ product: String) -> Bool {
    agent.prefix { $0.isLetter || $0 == "-" || $0 == "_" }.lowercased() == product.lowercased()
  }

  /// Key and value of a line without its comment.
  private static func record(_ line: Substring) -> (key: String, value: String)? {
    let line = line.prefix { $0 != "#" }
    guard let colon = line.firstIndex(of: ":") else { return nil }
    let key = line[..<colon].trimmed.lowercased()
    return (key.hasPrefix("\u{feff}") ? String(key.dropFirst()) : key, line[line.index(after: colon)...].trimmed)
  }
}
