import Foundation
import Serialization

/// A piece of HTML. Texts from outside become HTML only by ``text(_:)``, which leaves no character that a browser would read as markup.
struct HTML {
  let source: String

  /// Markup that the program itself writes.
  init(_ markup: String) { source = markup }

  /// A text as it is to be read, in an element or between quotes of an attribute.
  ///
  /// Control characters become visible: a browser would drop or misread them. So do marks that turn the direction of the text around
  /// them.
  static func text(_ text: String) -> HTML {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _
      where scalar.properties.generalCategory == .control || (0x202A...0x202E).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE:
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return HTML(result)
  }

  static func + (a: HTML, b: HTML) -> HTML { HTML(a.source + b.source) }

  /// An element with a text.
  static func element(_ name: String, _ text: String, attributes: String = "") -> HTML {
    element(name, HTML.text(text), attributes: attributes)
  }

  /// An element with content.
  ///
  /// - Parameter attributes: markup, whose values are quoted and escaped.
  static func element(_ name: String, _ content: HTML, attributes: String = "") -> HTML {
    HTML("<\(name)\(attributes.isEmpty ? "" : " \(attributes)")>\(content.source)</\(name)>")
  }

  /// What stands at the head of a column or row of a table.
  ///
  /// - Parameters:
  ///   - scope: `col` or `row`.
  ///   - name: the whole text, if `text` is a part of it; the pointer shows it.
  static func heading(_ text: String, scope: String, name: String? = nil) -> HTML {
    let title = name.flatMap { $0 == text ? nil : " title=\"\(HTML.text($0).source)\"" } ?? ""
    return element("th", text, attributes: "scope=\"\(scope)\"\(title)")
  }

  /// A table with a caption. The first cell of each row is its heading.
  static func table(
    caption: String, header: [String], rows: [[HTML]], attributes: String = ""
  ) -> HTML {
    table(caption: caption, header: header.map { heading($0, scope: "col") }, rows: rows, attributes: attributes)
  }

  /// A table whose headings are elements already: those of all columns, and those of rows where they are.
  static func table(
    caption: String, header: [HTML], rows: [[HTML]], attributes: String = ""
  ) -> HTML {
    let head = header.joined()
    let body = rows.map { row in
      element(
        "tr",
        row.enumerated().map { index, cell in
          if cell.source.hasPrefix("<td") || cell.source.hasPrefix("<th") { return cell }
          return index == 0 ? element("th", cell, attributes: "scope=\"row\"") : element("td", cell)
        }.joined())
    }.joined(separator: "\n")
    let table =
      element("caption", caption) + element("thead", element("tr", head)) + element("tbody", body)
    return element("div", element("table", table, attributes: attributes), attributes: "class=\"scroll\"")
  }

  /// A part that is shown on demand.
  static func details(_ summary: String, _ content: HTML, isOpen: Bool = false) -> HTML {
    element("details", element("summary", summary) + content, attributes: isOpen ? "open" : "")
  }
}

extension Sequence where Element == HTML {
  func joined(separator: String = "") -> HTML { HTML(map(\.source).joined(separator: separator)) }
}

/// A number for people: at most so many digits behind the point.
func decimal(_ value: Double?, digits: Int = 4) -> String {
  guard let value else { return "–" }
  guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "∞" : "-∞" }
  return abs(value) >= 1e6 || (value != 0 && abs(value) < 1e-3)
    ? String(format: "%.3g", value) : String(format: "%.\(digits)f", value)
}

/// A share in per cent; a dash for none.
func percent(_ value: Double?) -> String { value.map { percentage($0) } ?? "–" }
