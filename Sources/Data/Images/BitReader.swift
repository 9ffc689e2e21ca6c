/// Reads numbers of some bits, the highest bit first. Behind the end are zeros.
struct BitReader {
  private let bytes: ArraySlice<UInt8>
  private var position = 0

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
  }

  /// A number of at most 32 bits.
  mutating func number(_ count: Int) -> Int {
    var number = 0
    for _ in 0..<count {
      let place = bytes.startIndex + position / 8
      let bit = place < bytes.endIndex ? Int(bytes[place] >> UInt8(7 - position % 8)) & 1 : 0
      number = number << 1 | bit
      position += 1
    }
    return number
  }

  mutating func flag() -> Bool { number(1) == 1 }

  mutating func skip(_ count: Int) { position += count }

  /// A number of any size in the exponential code of Golomb: as many zeros as bits follow the next one.
  mutating func exponential() -> Int {
    var zeros = 0
    while zeros < 32, !flag() { zeros += 1 }
    return (1 << zeros - 1) + number(zeros)
  }
}
