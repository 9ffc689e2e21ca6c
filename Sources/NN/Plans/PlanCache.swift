import Tensor

/// The plans of a model, made when a call of their kind comes first.
///
/// A plan fits inputs of every shape, unless the model was built for several. The kinds of calls that make sense at one time are
/// 16 at most for each of these, and so are the plans: those for layers that were frozen or freed since are dropped.
final class PlanCache: Sendable {
  private let plans = Lock<[CallKind: Plan]>([:])

  /// The number of plans.
  var count: Int { plans.withLock { $0.count } }

  /// The plan for calls of a kind; `make` makes it. Tasks that come at once may each make one, and the last one stays.
  func plan(for kind: CallKind, make: () -> Plan) -> Plan {
    if let plan = plans.withLock({ $0[kind] }) { return plan }
    let plan = make()
    plans.withLock { plans in
      plans = plans.filter { $0.key.staysUseful(besides: kind) }
      plans[kind] = plan
    }
    return plan
  }

  /// Forgets all plans.
  func clear() {
    plans.withLock { $0 = [:] }
  }
}

extension CallKind {
  /// Whether a plan for this kind of call is still of use when one for another kind is made.
  fileprivate func staysUseful(besides new: CallKind) -> Bool {
    // What inference has prepared from weights that now change only takes memory.
    if new.recordsGradients, !recordsGradients { return false }
    return trainability == nil || new.trainability == nil || trainability == new.trainability
  }
}
