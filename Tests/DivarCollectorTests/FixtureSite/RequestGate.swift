import Foundation

/// Lets a number of requests through to a handler and holds the others back.
///
/// A test that ends a program in the middle of its work needs no luck then: the program cannot go further than the gate.
final class RequestGate: @unchecked Sendable {
  // `condition` guards what follows.
  private let condition = NSCondition()
  private var asked = 0
  private var allowed: Int
  private var round = 0
  private var waiting = 0

  /// Makes a gate that lets `count` requests through.
  init(allowing count: Int = 0) {
    allowed = count
  }

  /// Waits for the turn of a request. False if the gate was cleared meanwhile.
  func pass() -> Bool {
    condition.withLock {
      asked += 1
      let (number, round) = (asked, round)
      waiting += 1
      while number > allowed, round == self.round { condition.wait() }
      waiting -= 1
      return round == self.round
    }
  }

  /// Whether a request waits.
  var isHolding: Bool { condition.withLock { waiting > 0 } }

  /// Whether all requests pass.
  var isOpen: Bool { condition.withLock { allowed == .max } }

  /// Sends away the requests that wait, and lets the next `count` through.
  func clear(allowing count: Int) {
    condition.withLock {
      round += 1
      allowed = count == .max ? .max : asked + count
      condition.broadcast()
    }
  }

  /// Lets requests through until `count` have passed in all.
  func allow(_ count: Int) {
    condition.withLock {
      allowed = count
      condition.broadcast()
    }
  }

  /// Lets all requests through.
  func open() {
    condition.withLock {
      allowed = .max
      condition.broadcast()
    }
  }
}
