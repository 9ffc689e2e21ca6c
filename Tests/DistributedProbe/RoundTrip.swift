import Distributed

/// Sends each rank some bytes, adds one to all that come, and sends them back.
final class RoundTrip: @unchecked Sendable {
  private let group: ProcessGroup
  private let number: Int
  private let own: UnsafeMutableRawBufferPointer
  private let visiting: UnsafeMutableRawBufferPointer
  private let sent: [Range<Int>]
  private let received: [Range<Int>]
  private var back: PendingOperation?

  init(_ group: ProcessGroup, _ number: Int, scale: Int = 1) {
    (self.group, self.number) = (group, number)
    // Rank r sends (r + 2 s) times the scale bytes to rank s.
    func ranges(_ counts: [Int]) -> [Range<Int>] {
      counts.indices.map { counts[..<$0].reduce(0, +)..<counts[...$0].reduce(0, +) }
    }
    sent = ranges((0..<group.size).map { scale * (group.rank + 2 * $0) })
    received = ranges((0..<group.size).map { scale * ($0 + 2 * group.rank) })
    own = .allocate(byteCount: sent.last?.upperBound ?? 0, alignment: 1)
    visiting = .allocate(byteCount: received.last?.upperBound ?? 0, alignment: 1)
    for place in own.indices { own[place] = home(place) }
  }

  deinit {
    own.deallocate()
    visiting.deallocate()
  }

  private func home(_ place: Int) -> UInt8 { UInt8(truncatingIfNeeded: 100 * number + 10 * group.rank + place % 251) }

  func begin() throws -> PendingOperation {
    try group.beginExchange(UnsafeRawBufferPointer(own), sent, into: visiting, received, isReturn: false) { [self] in
      for place in visiting.indices { visiting[place] &+= 1 }
      back = try group.beginExchange(UnsafeRawBufferPointer(visiting), received, into: own, sent, isReturn: true) {}
    }
  }

  /// Waits for the way back, and looks at what has come home.
  func end() throws -> Bool {
    try back?.wait()
    return own.indices.allSatisfy { own[$0] == home($0) &+ 1 }
  }
}
