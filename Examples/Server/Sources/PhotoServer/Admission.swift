import Hummingbird
import Synchronization

/// Counts what is in use, and refuses more than a limit.
final class Admission: Sendable {
  private let limit: Int
  private let used = Mutex(0)

  init(limit: Int) {
    self.limit = limit
  }

  /// How much is in use.
  var count: Int { used.withLock { $0 } }

  /// Takes some, if that stays within the limit.
  ///
  /// - Returns: whether it was taken.
  func take(_ amount: Int) -> Bool {
    used.withLock { used in
      guard amount <= limit - used else { return false }
      used += amount
      return true
    }
  }

  /// Gives back what was taken.
  func giveBack(_ amount: Int) {
    used.withLock { $0 -= amount }
  }
}
