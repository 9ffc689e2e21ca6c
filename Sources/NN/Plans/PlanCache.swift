import Tensor

/// The plans of a model, made when a call of their kind comes first.
final class PlanCache: Sendable {
  private let plans = Lock<[CallKind: Plan]>([:])

  /// The plan for calls of a kind; `make` makes it. Tasks that come at once may each make one, and the last one stays.
  func plan(for kind: CallKind, make: () -> Plan) -> Plan {
    if let plan = plans.withLock({ $0[kind] }) { return plan }
    let plan = make()
    plans.withLock { plans in
      if kind.recordsGradients {
        // What inference has prepared from weights that now change only takes memory, and so do plans for layers that
        // were frozen or freed since.
        plans = plans.filter { $0.key.recordsGradients && $0.key.trainability == kind.trainability }
      }
      plans[kind] = plan
    }
    return plan
  }

  /// Forgets all plans.
  func clear() {
    plans.withLock { $0 = [:] }
  }
}
