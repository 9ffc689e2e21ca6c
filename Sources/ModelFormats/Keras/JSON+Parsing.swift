import Serialization

extension JSON {
  /// Reads a text in JSON (RFC 8259), and the words `NaN`, `Infinity` and `-Infinity` that Python writes.
  ///
  /// Names of members are compared by code points; `é` as one code point and as two are different names.
  ///
  /// - Parameter keepsPoints: whether a whole number that is written with a point or an exponent, such as `1.0`, becomes a
  ///   ``decimal(_:)``; see ``withoutPoints``.
  /// - Throws: `ModelFileError.Problem.damaged` with the place, for a text that is not JSON, that names a member twice, or
  ///   that is nested more than 512 deep.
  package init(parsing bytes: [UInt8], keepsPoints: Bool = false) throws(ModelFileError.Problem) {
    var parser = Parser(bytes: bytes, keepsPoints: keepsPoints)
    self = try parser.value(depth: 0)
    try parser.finish()
  }

  /// Reads a part of a file.
  ///
  /// - Throws: `ModelFileError` naming the file and the part.
  init(parsing bytes: [UInt8], path: String, place: String, keepsPoints: Bool = false) throws {
    do throws(ModelFileError.Problem) {
      try self.init(parsing: bytes, keepsPoints: keepsPoints)
    } catch {
      throw ModelFileError(path: path, place: place, problem: error)
    }
  }

  /// The value with each ``decimal(_:)`` as a ``number(_:)``, which most of the reader takes alone.
  var withoutPoints: JSON {
    switch self {
    case .decimal(let value): .number(value)
    case .array(let values): .array(values.map(\.withoutPoints))
    case .object(let members): .object(members.mapValues(\.withoutPoints))
    case .null, .bool, .number, .string: self
    }
  }

  private struct Parser {
    let bytes: [UInt8]
    let keepsPoints: Bool
    var place = 0

    /// The number of values so far.
    var count = 0

    static let deepest = 512
    static let mostValues = 2_000_000

    init(bytes: [UInt8], keepsPoints: Bool) { (self.bytes, self.keepsPoints) = (bytes, keepsPoints) }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private func damaged(_ what: String) -> ModelFileError.Problem { .damaged("\(what) at byte \(place) of the JSON") }

    private mutating func skipSpace() {
      while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
    }

    /// Goes past `byte` if it comes next.
    private mutating func take(_ byte: UInt8) -> Bool {
      guard next == byte else { return false }
      place += 1
      return true
    }

    private mutating func take(_ word: StaticString) -> Bool {
      let word = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
      guard bytes[place...].starts(with: word) else { return false }
      place += word.count
      return true
    }

    mutating func finish() throws(ModelFileError.Problem) {
      skipSpace()
      guard place == bytes.count else { throw damaged("something stands behind the value") }
    }

    mutating func value(depth: Int) throws(ModelFileError.Problem) -> JSON {
      guard depth < Self.deepest else { throw damaged("values nested more than \(Self.deepest) deep") }
      count += 1
      guard count <= Self.mostValues else { throw damaged("more than \(Self.mostValues) values") }
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return try object(depth: depth)
      case UInt8(ascii: "["): return try array(depth: depth)
      case UInt8(ascii: "\""): return .string(try text())
      case UInt8(ascii: "t") where take("true"): return true
      case UInt8(ascii: "f") where take("false"): return false
      case UInt8(ascii: "n") where take("null"): return nil
      case UInt8(ascii: "N") where take("NaN"): return .number(.nan)
      case UInt8(ascii: "I") where take("Infinity"): return .number(.infinity)
      case UInt8(ascii: "-") where take("-Infinity"): return .number(-.infinity)
      default: return try number()
      }
    }

    private mutating func object(depth: Int) throws(ModelFileError.Problem) -> JSON {
      place += 1
      var members: [ExactText: JSON] = [:]
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      repeat {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw damaged("no name of a member") }
        let name = ExactText(try text())
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw damaged("no colon") }
        guard members.updateValue(try value(depth: depth + 1), forKey: name) == nil else {
          throw damaged("a second member \"\(name.text)\"")
        }
        skipSpace()
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "}")) else { throw damaged("no end of an object") }
      return .object(members)
    }

    private mutating func array(depth: Int) throws(ModelFileError.Problem) -> JSON {
      place += 1
      var elements: [JSON] = []
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      repeat {
        elements.append(try value(depth: depth + 1))
        skipSpace()
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "]")) else { throw damaged("no end of an array") }
      return .array(elements)
    }

    private mutating func number() throws(ModelFileError.Problem) -> JSON {
      let start = place
      func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
      func skipDigits(_ parser: inout Parser) -> Bool {
        let start = parser.place
        while isDigit(parser.next) { parser.place += 1 }
        return parser.place > start
      }
      _ = take(UInt8(ascii: "-"))
      let first = next
      let integer = place
      guard skipDigits(&self), first != 0x30 || place == integer + 1 else { throw damaged("no value") }
      let end = place
      if take(UInt8(ascii: ".")), !skipDigits(&self) { throw damaged("a number without an end") }
      if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
        if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
        if !skipDigits(&self) { throw damaged("a number without an end") }
      }
      guard let value = Double(String(decoding: bytes[start..<place], as: UTF8.self)), value.isFinite else {
        throw damaged("a number too large")
      }
      return keepsPoints && place > end && value == value.rounded() ? .decimal(value) : .number(value)
    }

    private mutating func text() throws(ModelFileError.Problem) -> String {
      place += 1
      var content: [UInt8] = []
      while let byte = next {
        switch byte {
        case UInt8(ascii: "\""):
          place += 1
          guard let text = String(validating: content, as: UTF8.self) else { throw damaged("a text that is not UTF-8") }
          return text
        case UInt8(ascii: "\\"):
          place += 1
          content += try escaped()
        case 0..<0x20: throw damaged("a control character in a text")
        default:
          content.append(byte)
          place += 1
        }
      }
      throw damaged("a text without an end")
    }

    private mutating func escaped() throws(ModelFileError.Problem) -> [UInt8] {
      guard let byte = next else { throw damaged("a text without an end") }
      place += 1
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
      case UInt8(ascii: "b"): return [0x08]
      case UInt8(ascii: "f"): return [0x0C]
      case UInt8(ascii: "n"): return [0x0A]
      case UInt8(ascii: "r"): return [0x0D]
      case UInt8(ascii: "t"): return [0x09]
      case UInt8(ascii: "u"):
        // A character outside of the first plane is written as two halves.
        let high = try codeUnit()
        var units = [high]
        if UTF16.isLeadSurrogate(high), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
          units.append(try codeUnit())
        }
        guard let text = String(validating: units, as: UTF16.self) else { throw damaged("half a character") }
        return Array(text.utf8)
      default: throw damaged("an unknown escape")
      }
    }

    private mutating func codeUnit() throws(ModelFileError.Problem) -> UInt16 {
      let digits = bytes[place..<min(place + 4, bytes.count)]
      guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
        let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw damaged("an escape without four digits") }
      place += 4
      return unit
    }
  }
}
