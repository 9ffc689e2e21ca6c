import Foundation
import Training

/// Runs something as several ranks of a training, each on a thread of its own, which exchange data in memory.
///
/// - Returns: what each rank gives or throws, by rank.
func onRanks<Value: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (_ group: ThreadGroup) throws -> Value
) -> [Result<Value, any Error>] {
  let room = MeetingRoom(size: count)
  let results = Locked<[Int: Result<Value, any Error>]>([:])
  let done = DispatchGroup()
  for rank in 0..<count {
    done.enter()
    let thread = Thread {
      let result = Result { try body(ThreadGroup(rank: rank, room: room)) }
      results.change { $0[rank] = result }
      room.leave(rank)
      done.leave()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }
  done.wait()
  return (0..<count).compactMap { results.value[$0] }
}

/// Some ranks in one process.
struct ThreadGroup: TrainingGroup {
  let rank: Int
  let room: MeetingRoom

  var hosts: [String] { (0..<room.size).map { "host\($0)" } }

  func beginSum(_ values: UnsafeMutableBufferPointer<Float>) throws -> any PendingExchange {
    let meeting = room.begin(.sum, rank, toAll(Array(values).withUnsafeBytes(Array.init)))
    return ThreadSum(room: room, meeting: meeting, values: values)
  }

  func beginExchange(
    _ pieces: ExchangedPieces, isReturn: Bool, then follow: @escaping @Sendable () throws -> Void
  ) throws -> any PendingExchange {
    let meeting = room.begin(
      isReturn ? .exchangeBack : .exchange, rank, pieces.sent.map { Array(pieces.source[$0]) })
    return ThreadExchange(room: room, meeting: meeting, rank: rank, pieces: pieces, follow: follow)
  }

  func broadcast(_ bytes: [UInt8]) throws -> [UInt8] { try allGather(bytes)[0] }

  func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] {
    try room.wait(for: room.begin(.gathering, rank, toAll(bytes))).map { $0[rank] }
  }

  private func toAll(_ bytes: [UInt8]) -> [[UInt8]] { Array(repeating: bytes, count: room.size) }
}

/// A sum that is computed when it is waited for.
private struct ThreadSum: PendingExchange {
  let room: MeetingRoom
  let meeting: MeetingRoom.Meeting
  let values: UnsafeMutableBufferPointer<Float>

  func advance() -> Bool { false }

  func wait() throws {
    let all = try room.wait(for: meeting).map { pieces in
      pieces[0].withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    for place in values.indices { values[place] = all.dropFirst().reduce(all[0][place]) { $0 + $1[place] } }
  }
}

/// An exchange that takes place when it is waited for.
private final class ThreadExchange: PendingExchange {
  private let room: MeetingRoom
  private let meeting: MeetingRoom.Meeting
  private let rank: Int
  private let pieces: ExchangedPieces
  private var follow: (@Sendable () throws -> Void)?

  init(
    room: MeetingRoom, meeting: MeetingRoom.Meeting, rank: Int, pieces: ExchangedPieces,
    follow: @escaping @Sendable () throws -> Void
  ) {
    (self.room, self.meeting, self.rank) = (room, meeting, rank)
    (self.pieces, self.follow) = (pieces, follow)
  }

  func advance() -> Bool { follow == nil }

  func wait() throws {
    guard let follow else { return }
    for (range, sent) in zip(pieces.received, try room.wait(for: meeting)) {
      pieces.target[range].copyBytes(from: sent[rank])
    }
    self.follow = nil
    try follow()
  }
}

/// Where ranks hand over bytes. A rank that waits for one that has left gets an error.
final class MeetingRoom: @unchecked Sendable {
  enum Kind: Hashable { case sum, gathering, exchange, exchangeBack }

  /// The n-th operation of a kind.
  struct Meeting: Hashable {
    let kind: Kind
    let number: Int
  }

  let size: Int
  private let condition = NSCondition()
  private var numbers: [[Kind: Int]]
  /// What each rank has brought for each.
  private var brought: [Meeting: [Int: [[UInt8]]]] = [:]
  private var hasLeft = false

  init(size: Int) {
    self.size = size
    numbers = Array(repeating: [:], count: size)
  }

  func begin(_ kind: Kind, _ rank: Int, _ pieces: [[UInt8]]) -> Meeting {
    condition.withLock {
      let meeting = Meeting(kind: kind, number: numbers[rank][kind, default: 0])
      numbers[rank][kind] = meeting.number + 1
      brought[meeting, default: [:]][rank] = pieces
      condition.broadcast()
      return meeting
    }
  }

  /// The number of bytes that some kinds of operations have sent from rank to rank.
  func sentBytes(_ kinds: [Kind]) -> Int {
    condition.withLock {
      brought.filter { kinds.contains($0.key.kind) }.values.reduce(0) { total, ranks in
        ranks.reduce(total) { total, brought in
          brought.value.enumerated().reduce(total) { $1.offset == brought.key ? $0 : $0 + $1.element.count }
        }
      }
    }
  }

  /// What each rank has brought, by rank, for each.
  func wait(for meeting: Meeting) throws -> [[[UInt8]]] {
    try condition.withLock {
      while brought[meeting]?.count != size {
        if hasLeft { throw RankHasLeft() }
        condition.wait()
      }
      return (0..<size).compactMap { brought[meeting]?[$0] }
    }
  }

  func leave(_ rank: Int) {
    condition.withLock {
      hasLeft = true
      condition.broadcast()
    }
  }
}

struct RankHasLeft: Error {}

/// A value that several threads change.
private final class Locked<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var content: Value
  init(_ value: Value) { content = value }
  var value: Value { lock.withLock { content } }
  func change(_ body: (inout Value) -> Void) { lock.withLock { body(&content) } }
}
