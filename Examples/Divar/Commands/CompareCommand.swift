import ArgumentParser
import Foundation
import Kilim

/// `divar compare`: measures two models on the same photos, and tells whether one is better.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Tells whether one of two models is better on the same photos.",
    discussion: """
      McNemar's test looks at the photos on which only one of the models is right. Its p-value is the probability of a \
      difference at least as large if both were equally good: below 0.05, the difference is hardly chance. The two models may \
      have different networks, sizes of photos and orders of classes; the classes must be the same.
      """)

  @Argument(help: "The first model: a .keras or .h5 file, a checkpoint, or the output folder of a training.")
  var first: String

  @Argument(help: "The second model.")
  var second: String

  @OptionGroup(title: "Data") var data: DataOption

  @Flag(help: "Print a JSON object.")
  var json = false

  @OptionGroup(title: "Models") var meaning: PhotoMeaningOptions

  @OptionGroup(title: "Photos") var unreadable: UnreadableOptions

  @OptionGroup(title: "Photos") var limits: PhotoLimitOptions

  @OptionGroup(title: "Computing") var batch: BatchSizeOption

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  /// What `--json` prints.
  private struct Result: Encodable {
    let first, second: String
    let firstAccuracy, secondAccuracy: Double
    let difference: ConfidenceInterval
    let counts: McNemarTest
    let exactPValue, chiSquared, chiSquaredPValue: Double
  }

  func run() throws {
    threads.apply()
    let (one, other) = (try answers(of: first), try answers(of: second))
    guard one.paths == other.paths else {
      throw ValidationError("the models do not read the same photos of \(data.data); leave out the unreadable ones")
    }
    let test = try McNemarTest(first: one.rights, second: other.rights)
    let differences = zip(one.rights, other.rights).map { ($1 ? 1 : 0) - ($0 ? 1 : 0) }
    let interval = try Bootstrap().interval(examples: differences.count) { sample in
      Double(sample.reduce(0) { $0 + differences[$1] }) / Double(sample.count)
    }
    let result = Result(
      first: first, second: second, firstAccuracy: share(one.rights), secondAccuracy: share(other.rights),
      difference: interval, counts: test, exactPValue: test.exactPValue, chiSquared: test.chiSquared,
      chiSquaredPValue: test.chiSquaredPValue)
    try Console.print(json ? prettyJSON(result) : text(result))
  }

  private func share(_ rights: [Bool]) -> Double { Double(rights.count { $0 }) / Double(rights.count) }

  /// The photos, and whether a model is right about each.
  private func answers(of path: String) throws -> (paths: [String], rights: [Bool]) {
    let measured = try MeasuredModel(
      path, meaning, on: data, unreadable.policy, limits.limits, batchSize: batch.batchSize)
    guard measured.hasOneClassEach else {
      throw ModelMeaningError(path: path, problem: "it does not tell one class of each photo, which a comparison needs")
    }
    if let failure = measured.failure { throw failure }
    let scores = try measured.scores
    return (measured.images.paths, zip(scores.predicted, scores.labels).map { $0 == $1 })
  }

  private func text(_ result: Result) -> String {
    let test = result.counts
    let counts = [
      ("both right", test.bothRight), ("only the first right", test.onlyFirstRight),
      ("only the second right", test.onlySecondRight), ("neither right", test.neitherRight),
    ]
    return
      ([
        String(format: "%.4f  ", result.firstAccuracy) + first,
        String(format: "%.4f  ", result.secondAccuracy) + second,
        String(
          format: "difference %+.4f, %+.4f to %+.4f (95 %% by bootstrap)",
          result.secondAccuracy - result.firstAccuracy, result.difference.lower, result.difference.upper), "",
      ].map(\.withoutControls)
      + counts.map { $0.0.padding(toLength: 22, withPad: " ", startingAt: 0) + "\($0.1)" } + [
        "",
        String(
          format: "McNemar's test: p = %.4g exactly; chi-squared %.4g with continuity correction, p = %.4g",
          result.exactPValue, result.chiSquared, result.chiSquaredPValue),
      ]).joined(separator: "\n")
  }
}
