import Kilim

extension TrainCommand {
  /// The output folder; `nil` for all processes but rank 0.
  ///
  /// - Throws: the errors of `RunFolder`; for an earlier training, with the options that help; ``OutputFileError`` if the training
  ///   would replace what it reads.
  func runFolder(_ distribution: Distribution?) throws -> RunFolder? {
    guard distribution?.isLeader ?? true else { return nil }
    do {
      let run = try RunFolder(output, start: start, outside: data.data, otherResults: [RunExamples.name])
      for input in inputs {
        guard let file = input.files.first(where: run.replaces) else { continue }
        throw OutputFileError(
          option: "--output", path: output,
          reason: "the training would replace \(input.name), \(file); copy it to another place, or name another folder")
      }
      return run
    } catch let error as EarlierRunError {
      throw EarlierTraining(error)
    }
  }

  /// How the training begins.
  private var start: RunFolder.Start { restart ? .restart : resume ? .resume : .new }
}

/// An earlier training in the output folder, and the options that help.
private struct EarlierTraining: Error, CustomStringConvertible {
  let description: String

  init(_ error: EarlierRunError) {
    description =
      error.canResume
      ? "\"\(error.folder)\" has checkpoints of an earlier training: add --resume to continue it, or --restart to start "
        + "a new one"
      : "\"\(error.folder)\" has results of an earlier training and no checkpoints to continue from: add --restart to "
        + "replace them, or name another folder"
  }
}
