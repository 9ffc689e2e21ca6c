import ArgumentParser
import Kilim

/// `divar compare`: measures two models on the same photos, and tells whether one is better.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Tells whether one of two models is better on the same photos.",
    discussion: """
      McNemar's test looks at the photos on which only one of the models is right. Its p-value is the probability of a \
      difference at least as large if both were equally good: below 0.05, the difference is hardly chance. The two models may \
      have different networks, sizes of photos and orders of classes; the classes must be the same.

      The options of the models fill in what a model does not say itself, such as a file of Keras. A model that says it keeps its \
      own classes, preprocessing and meaning of the outputs.

      Where a photo may have several classes (--label-separator), a model is right if all of them are right, and no others. \
      The answers about each class are compared too.

      Models of numbers (--number-columns) are compared by their absolute errors: Wilcoxon's signed-rank test looks at how \
      often, and on which photos, one of them is closer. The difference of the mean errors has an interval by bootstrap.
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

  func run() throws {
    threads.apply()
    let models = try [first, second].map { (path: $0, model: try readModel($0, imageSize: meaning.imageSize)) }
    try meaning.checkUnused(by: models)
    let measured = try models.map { try measure($0.path, $0.model) }
    let (one, other) = (measured[0], measured[1])
    guard one.images.paths == other.images.paths else {
      throw ValidationError("the models do not read the same photos of \(data.data); leave out the unreadable ones")
    }
    let result: any Encodable & CustomStringConvertible =
      if case .numbers = one.evaluation.targetMeaning {
        try ErrorComparison(one, other)
      } else {
        try AnswerComparison(one, other)
      }
    try Console.print(json ? prettyJSON(result) : "\(result)")
  }

  private func measure(_ path: String, _ model: Model) throws -> MeasuredModel {
    let measured = try MeasuredModel(
      model, from: path, meaning.filling(model), on: data, unreadable.policy, limits.limits,
      batchSize: batch.batchSize)
    if let failure = measured.failure { throw failure }
    return measured
  }
}
