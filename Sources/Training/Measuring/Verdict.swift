/// What the callbacks and the checkpoints want after a batch or an epoch.
struct Verdict: Codable {
  let decision: TrainingDecision
  /// Whether a checkpoint is to be written.
  let saves: Bool
}
