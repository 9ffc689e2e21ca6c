extension PlanDraft {
  /// Leaves out layers that return what they get: random ones where nothing is random, linear activations.
  mutating func removeIdentities() {
    let removed = Set(steps.indices.filter { isIdentity(steps[$0]) })
    for index in removed { bypass(index) }
    removeSteps { removed.contains($0) }
  }

  private func isIdentity(_ step: Step) -> Bool {
    switch step.layer {
    case let layer as Dropout: !appliesDropout(step) || layer.rate == 0
    case let layer as any PointwiseLayer: layer.activation == .linear
    default: false
    }
  }
}
