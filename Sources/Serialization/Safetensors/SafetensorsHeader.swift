/// The header of a `.safetensors` file.
struct SafetensorsHeader {
  /// Where one tensor lies, and what it is.
  struct Entry: Codable {
    let dtype: String
    let shape: [Int]
    /// The first byte, and the byte after the last one, counted from the end of the header.
    let dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  /// The name that is no tensor's.
  static let metadataName = "__metadata__"

  /// The longest header that is read: the reference reader's limit.
  static let largestByteCount = 100_000_000

  var metadata: [String: String] = [:]
  var entries: [String: Entry] = [:]
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
    for name in container.allKeys {
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
