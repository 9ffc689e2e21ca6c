import ArgumentParser
import Foundation
import Kilim

/// Options of `divar train` for the training.
struct TrainingOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of passes over all training photos. (default: 20)", valueName: "count"),
    transform: wholeNumber(from: 1, to: 1_000_000))
  var epochs = 20

  @OptionGroup var batch: BatchSizeOption

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The learning rate of Adam. (default: 0.001)", valueName: "rate"),
    transform: positiveNumber)
  var learningRate = 0.001

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Before each measurement, recompute the statistics of the normalization layers over this number of batches. "
        + "Without it, in the first epochs the statistics are outdated and the test figures too low.",
      valueName: "batches"), transform: wholeNumber(from: 1))
  var preciseStatistics: Int?

  @OptionGroup var seed: SeedOption
}

/// Options of `divar train` for what it saves, and when.
struct SavingOptions: ParsableArguments {
  /// The weights that the model is saved with.
  enum Keep: String, ExpressibleByArgument, CaseIterable {
    /// Those of the last epoch.
    case last
    /// Those of the best epoch.
    case best
  }

  /// The figure that decides which epoch is the best.
  enum Monitor: String, ExpressibleByArgument, CaseIterable {
    /// The accuracy on the test photos; the highest is the best.
    case accuracy = "val_accuracy"
    /// The loss on the test photos; the lowest is the best.
    case loss = "val_loss"
  }

  @Option(help: "The epoch whose weights are saved in model.keras.")
  var keep: Keep = .last

  @Option(
    help: """
      The figure on the test photos that decides which epoch is the best. (default: val_accuracy; for numbers to predict \
      val_loss)
      """)
  var monitor: Monitor?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The time between two checkpoints; 0 saves one after each step. (default: 60)", valueName: "seconds"),
    transform: number("0 or more seconds") { $0 >= 0 })
  var checkpointEvery = 60.0

  /// The figure that decides which epoch is the best: the loss where a training has no accuracy.
  func figure(for objective: Objective) -> String {
    guard monitor != .loss, let score = objective.score else { return Monitor.loss.rawValue }
    return "val_\(score)"
  }

  /// Checks the figure before any photo is read.
  ///
  /// - Throws: `ValidationError` for an accuracy of numbers.
  func check(_ table: TableOptions) throws {
    if table.numberColumns != nil { try check(for: Objective(.numbers(names: [], scaling: nil))) }
  }

  /// Checks the figure before the training.
  ///
  /// - Throws: `ValidationError` for an accuracy of numbers.
  func check(for objective: Objective) throws {
    guard monitor == .accuracy, objective.score == nil else { return }
    throw ValidationError(
      "--monitor val_accuracy needs classes; leave it out for numbers to predict, whose best epoch is that of val_loss")
  }

  /// Why there is no best epoch.
  func noBestEpoch(of history: History, by figure: String) -> String {
    history.epochs.isEmpty
      ? "no epoch was finished: model.keras holds the weights as they are"
      : "\(figure) was a number in no epoch, so none is the best: model.keras holds the weights of the last one"
  }

  /// The best epoch, for the user.
  ///
  /// - Parameter figure: what decides, as ``figure(for:)`` says.
  func bestEpoch(of history: History, by figure: String) -> String {
    let values = history[figure].enumerated().filter { !$0.element.isNaN }
    let best =
      figure == Monitor.loss.rawValue
      ? values.min { $0.element < $1.element }
      : values.max { $0.element < $1.element || ($0.element == $1.element && $0.offset > $1.offset) }
    guard let best else { return "none" }
    return "epoch \(best.offset + 1) with \(String(format: "%.4f", best.element))"
  }
}
