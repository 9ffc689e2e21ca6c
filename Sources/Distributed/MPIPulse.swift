import Tensor

/// How a rank that waits finds out whether the others live: it asks them, and the thread of each answers, whatever the rank computes.
/// A process that is stopped, or whose network is gone, does not answer.
final class MPIPulse: @unchecked Sendable {
  /// What another rank has answered.
  struct Answer: Sendable {
    /// How long this rank had waited when it came, in seconds.
    let time: Double
    /// What the other waits for, as ``MPIPulse/place(of:)`` tells it; `nil` if it computes.
    let place: Int64?
  }

  /// What the program does. Its thread changes it, and that which calls MPI reads it.
  private struct State {
    /// The number of operations so far.
    var count = 0
    /// How long the program has waited for the current operation, in seconds; `nil` if it computes.
    var waited: Double?
    var place: Int64 = 0
    var answers: [Int: Answer] = [:]
  }

  private let rank: Int
  private let size: Int
  private let group: MPILibrary.Handle
  private let state = Lock(State())
  // What follows belongs to the thread that advances.
  private var question: MPIMessage?
  private var sent: [MPIMessage] = []
  private var asked: [Int: MPIMessage] = [:]
  private var nextLook = ContinuousClock.now
  private var nextQuestions = 0.0

  /// How long a rank waits before it asks, and the least time between two questions, in seconds.
  private static let rest = 1.0
  private static let (questionTag, answerTag): (Int32, Int32) = (1, 2)

  init(rank: Int, size: Int, group: MPILibrary.Handle) {
    (self.rank, self.size, self.group) = (rank, size, group)
  }

  /// Counts an operation.
  func beginOperation() { state.withLock { $0.count += 1 } }

  /// Where the program is: the number of operations so far and the kind of the one that it waits for. Two ranks that wait at different
  /// places do not do the same.
  func place(of operation: MPIOperation) -> Int64 {
    let kind = operation.isInBackground ? "" : operation.name
    let hash = kind.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    return Int64(state.withLock { $0.count }) << 31 | Int64(hash >> 1)
  }

  /// Tells how long the program has waited at a place.
  ///
  /// - Returns: what the others have answered meanwhile, by rank.
  func wait(_ seconds: Double, at place: Int64) -> [Int: Answer] {
    state.withLock { state in
      (state.waited, state.place) = (seconds, place)
      return state.answers
    }
  }

  /// Tells that the program waits no longer.
  func endWait() {
    state.withLock { ($0.waited, $0.answers) = (nil, [:]) }
  }

  /// Answers and asks, now and then.
  ///
  /// - Parameter call: makes calls of MPI.
  func advance(_ call: ((MPILibrary) -> Void) -> Void) {
    guard .now >= nextLook else { return }
    nextLook = .now + .milliseconds(20)
    call { library in
      answer(library)
      ask(library)
    }
  }

  private func answer(_ library: MPILibrary) {
    sent.removeAll { $0.arrived(library) != nil }
    if question == nil { question = .receive(from: nil, tag: Self.questionTag, library, group) }
    guard let other = question?.arrived(library) else { return }
    question = nil
    guard (0..<size).contains(Int(other)) else { return }
    let answer = state.withLock { $0.waited == nil ? -1 : $0.place }
    MPIMessage.send(answer, to: Int(other), tag: Self.answerTag, library, group).map { sent.append($0) }
  }

  private func ask(_ library: MPILibrary) {
    for (other, message) in asked {
      guard let answer = message.arrived(library) else { continue }
      asked[other] = nil
      state.withLock { state in
        guard let waited = state.waited else { return }
        state.answers[other] = Answer(time: waited, place: answer < 0 ? nil : answer)
      }
    }
    guard let waited = state.withLock({ $0.waited }), waited >= Self.rest else {
      nextQuestions = 0
      return
    }
    guard waited >= nextQuestions else { return }
    // Many ranks ask less often, since all of them may wait for one.
    nextQuestions = waited + Self.rest * Double(max(size / 16, 1))
    for other in 0..<size where other != rank && asked[other] == nil {
      asked[other] = .receive(from: other, tag: Self.answerTag, library, group)
      MPIMessage.send(Int64(rank), to: other, tag: Self.questionTag, library, group).map { sent.append($0) }
    }
  }

  /// Gives up what is on its way, before MPI ends.
  func end(_ library: MPILibrary) {
    for message in asked.values { message.cancel(library) }
    question?.cancel(library)
  }
}
