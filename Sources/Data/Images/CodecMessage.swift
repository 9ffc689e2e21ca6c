/// Room for the message of a codec's C function, readable as text.
struct CodecMessage: CustomStringConvertible {
  var text: [CChar]

  init(size: Int32) {
    text = [CChar](repeating: 0, count: Int(size))
  }

  var description: String {
    String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
