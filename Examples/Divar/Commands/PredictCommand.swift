import ArgumentParser
import Foundation
import Kilim

/// `divar predict`: classifies photos.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Prints the three most likely classes of photos.",
    discussion: """
      The command prints a line for each photo. If a photo cannot be read, or if the model's outputs are not numbers, it \
      prints an error for that photo, continues with the other photos, and exits with code 1. A model that divar train \
      --backbone made also says "none of these" for a photo of something else.

      A model file that Keras wrote holds no class names and no preprocessing. Give them with --classes, --scale and the \
      other options of the model, for this command or permanently with divar import.
      """)

  @Argument(help: "The model: a .keras or .h5 file, a checkpoint, or the output folder of a training.")
  var model: String

  @Argument(help: "The photos.")
  var images: [String]

  @Flag(help: "Print a JSON object for each photo, with the probabilities of all classes, or with null and an error.")
  var json = false

  @Flag(
    help: ArgumentHelp(
      "Print a table in CSV: a line of names, then a line for each photo with the most likely class and the "
        + "probability of each class, or with the numbers, and the error if there is one."))
  var csv = false

  @OptionGroup(title: "Model") var meaning: PhotoMeaningOptions

  @OptionGroup(title: "Photos") var views: TestViewsOption

  @OptionGroup(title: "Photos") var limits: PhotoLimitOptions

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func validate() throws {
    guard !json || !csv else { throw ValidationError("--json and --csv cannot be used together") }
  }

  func run() throws {
    let distribution = try Distribution.ofStartedProcesses()
    threads.apply()
    let network = try readModel(model, imageSize: meaning.imageSize)
    try meaning.completeForUse(network, from: model)
    let predictor = try network.predictor(from: model, views: views.views)
    func line(_ path: String) -> PredictedLine {
      let answer = PredictedPhoto(path, by: predictor, from: model, limits: limits.limits)
      return PredictedLine(text: json ? answer.json : csv ? answer.csv : answer.text, error: answer.error)
    }
    if csv { try Console.print(PredictedPhoto.csvHeader(of: predictor)) }
    var failed = false
    func show(_ line: PredictedLine) throws {
      if let text = line.text { try Console.print(text) }
      guard let error = line.error else { return }
      Console.complain("Error: \(error.withoutControls)")
      failed = true
    }
    if let distribution {
      try distribution.requireSame(network)
      let lines = try PredictedLine.shared(by: distribution, of: images, line)
      if distribution.isLeader { for line in lines { try show(line) } }
      // The exit code says something about the photos, and is no reason to end the other processes.
      try Distributed.leave()
    } else {
      for path in images { try show(line(path)) }
    }
    if failed { throw ExitCode.failure }
  }
}
