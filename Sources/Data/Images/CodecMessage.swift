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

/// `value / 255` to the nearest whole number, for values up to 255 squared, without a division.
func divideBy255(_ value: UInt32) -> UInt32 {
  let rounded = value + 128
  return (rounded + rounded >> 8) >> 8
}
