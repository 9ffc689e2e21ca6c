/// What an option of a Keras object means for Kilim.
enum KerasMeaning: Sendable {
  /// Read and obeyed. A value that Kilim lacks is refused.
  case applied
  /// Changes nothing that Kilim computes, for the reason given.
  case harmless(String)
  /// Harmless for the reason given, and written again where the value is not one of Keras's defaults.
  case kept(String, [JSON])
  /// Changes training alone. For prediction any value is accepted and written again; for training only these are.
  case training([JSON])
  /// Changes predictions. Only these values are accepted.
  case refused([JSON])
}

/// What a Keras file is read for.
enum KerasPurpose: Sendable {
  /// To predict: what changes training alone is accepted.
  case prediction
  /// To predict and to train: what would train differently is refused.
  case training
}

/// An option that was read and not applied, to be written again.
struct KerasKept: Sendable, Equatable {
  let value: JSON
  /// Whether Keras trains differently because of it.
  let changesTraining: Bool
}
