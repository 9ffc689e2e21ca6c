extension PlanDraft {
  /// Leaves out layers that return what they get: random ones where nothing is random, linear activations.
  mutating func removeIdentities() {
    for index in steps.indices where isIdentity(steps[index]) { bypass(index) }
  }

  private func isIdentity(_ step: Step) -> Bool {
    switch step.calledLayer {
    case let layer as any RandomLayer: !appliesDropout(step) || (layer as? Dropout)?.rate == 0
    case let layer as any PointwiseLayer: layer.activation == .linear
    default: false
    }
  }
}
