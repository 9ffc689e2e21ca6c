/// The header of a `.safetensors` file.
struct SafetensorsHeader {
  /// The type, the shape and the byte range of one tensor.
  struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    /// The offsets of the first byte and after the last byte, counted from the end of the header.
    let dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  /// The name of the metadata, which no tensor can have.
  static let metadataName = "__metadata__"

  /// The longest header that is read: the reference reader's limit.
  static let largestByteCount = 100_000_000

  var metadata: [String: String] = [:]
  var entries: [String: Entry] = [:]
  /// The number of names with a value, at all depths.
  private(set) var pairCount = 0
}

extension SafetensorsHeader {
  /// The number of colons outside of texts: one for each name with a value.
  ///
  /// - Returns: `nil` if there is something outside of texts that a header cannot have, such as a fraction or a sign.
  static func pairCount(of json: ArraySlice<UInt8>) -> Int? {
    var count = 0
    var (isText, isEscaped) = (false, false)
    for byte in json {
      if isText {
        if byte == UInt8(ascii: "\""), !isEscaped { isText = false }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: ":"): count += 1
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["),
        UInt8(ascii: "]"), UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"),
        UInt8(ascii: "\t"):
        break
      default: return nil
      }
    }
    return count
  }
}

extension SafetensorsHeader: Codable {
  private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    pairCount = container.allKeys.count
    for name in container.allKeys {
      pairCount += try container.nestedContainer(keyedBy: Name.self, forKey: name).allKeys.count
      if name.stringValue == Self.metadataName {
        metadata = try container.decode([String: String].self, forKey: name)
      } else {
        entries[name.stringValue] = try container.decode(Entry.self, forKey: name)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Name.self)
    if !metadata.isEmpty { try container.encode(metadata, forKey: Name(stringValue: Self.metadataName)) }
    for (name, entry) in entries { try container.encode(entry, forKey: Name(stringValue: name)) }
  }
}
