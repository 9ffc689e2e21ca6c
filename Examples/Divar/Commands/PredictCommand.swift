import ArgumentParser
import Foundation
import Kilim

/// `divar predict`: what photos show.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Names the three likeliest classes of photos.",
    discussion: """
      Each photo is answered with a line. One that cannot be read, or for which the model's outputs are not numbers, is \
      reported; the others are still answered, and the exit code is 1.

      A file that Keras wrote holds neither class names nor how photos become inputs: --classes, --scale and the other \
      options of the model give them, once for this command, or for good with divar import.
      """)

  @Argument(help: "The model: a .keras or .h5 file, a checkpoint, or the output folder of a training.")
  var model: String

  @Argument(help: "The photos.")
  var images: [String]

  @Flag(help: "Print a JSON object for each photo, with the probabilities of all classes, or with null and an error.")
  var json = false

  @OptionGroup(title: "Model") var meaning: PhotoMeaningOptions

  @OptionGroup(title: "Photos") var limits: PhotoLimitOptions

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func run() throws {
    threads.apply()
    let network = try readModel(model)
    try meaning.completeForUse(network, from: model)
    var failed = false
    for path in images {
      let answer = PhotoAnswer(of: network, from: model, toPhoto: path, limits: limits.limits)
      if json { try Console.print(answer.json) } else if let text = answer.text { try Console.print(text) }
      if let error = answer.error {
        Console.complain("Error: \(error.withoutControls)")
        failed = true
      }
    }
    if failed { throw ExitCode.failure }
  }
}
