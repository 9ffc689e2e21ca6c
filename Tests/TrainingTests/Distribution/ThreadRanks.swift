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

  func beginSum(_ values: UnsafeMutableBufferPointer<Float>) throws -> any PendingSum {
    let meeting = room.begin(.sum, rank, Array(values).withUnsafeBytes(Array.init))
    return ThreadSum(room: room, meeting: meeting, values: values)
  }

  func broadcast(_ bytes: [UInt8]) throws -> [UInt8] { try allGather(bytes)[0] }

  func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] {
    try room.wait(for: room.begin(.gathering, rank, bytes))
  }
}

/// A sum that is computed when it is waited for.
private struct ThreadSum: PendingSum {
  let room: MeetingRoom
  let meeting: MeetingRoom.Meeting
  let values: UnsafeMutableBufferPointer<Float>

  func advance() -> Bool { false }

  func wait() throws {
    let all = try room.wait(for: meeting).map { bytes in bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    for place in values.indices { values[place] = all.dropFirst().reduce(all[0][place]) { $0 + $1[place] } }
  }
}

/// Where ranks hand over bytes. A rank that waits for one that has left gets an error.
final class MeetingRoom: @unchecked Sendable {
  enum Kind: Hashable { case sum, gathering }

  /// The n-th operation of a kind.
  struct Meeting: Hashable {
    let kind: Kind
    let number: Int
  }

  let size: Int
  private let condition = NSCondition()
  private var numbers: [[Kind: Int]]
  private var brought: [Meeting: [Int: [UInt8]]] = [:]
  private var hasLeft = false

  init(size: Int) {
    self.size = size
    numbers = Array(repeating: [:], count: size)
  }

  func begin(_ kind: Kind, _ rank: Int, _ bytes: [UInt8]) -> Meeting {
    condition.withLock {
      let meeting = Meeting(kind: kind, number: numbers[rank][kind, default: 0])
      numbers[rank][kind] = meeting.number + 1
      brought[meeting, default: [:]][rank] = bytes
      condition.broadcast()
      return meeting
    }
  }

  func wait(for meeting: Meeting) throws -> [[UInt8]] {
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
