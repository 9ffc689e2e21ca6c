import Glibc

/// Which characters and colours a terminal shows, by its environment.
struct TextStyle: Hashable, Sendable {
  /// Whether it shows characters beyond ASCII.
  var isUnicode: Bool
  /// Whether it shows braille and the finer blocks too: the console of Linux has no glyphs for them.
  var hasBraille: Bool
  /// Whether it shows colours.
  var hasColours: Bool

  /// A character of a filled part of a bar, and of an empty one.
  var bar: (full: String, empty: String) { isUnicode ? ("█", "░") : ("#", "-") }
}

extension TextStyle {
  /// The style of the terminal of this process.
  static var current: TextStyle { TextStyle(environment: environmentVariable) }

  /// The style for the variables of the environment.
  ///
  /// The locale decides on Unicode: the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set, as POSIX says; without one it
  /// is ASCII. `NO_COLOR` turns colours off if it is not empty (no-color.org).
  init(environment variable: (String) -> String?) {
    func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
    let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "C").lowercased()
    isUnicode = locale.contains("utf-8") || locale.contains("utf8")
    hasBraille = isUnicode && value("TERM") != "linux"
    hasColours = value("NO_COLOR") == nil
  }
}

/// A variable of the environment of this process.
func environmentVariable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
