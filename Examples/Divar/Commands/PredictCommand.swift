import ArgumentParser
import Foundation
import Kilim

/// `divar predict`: what photos show.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Names the three likeliest classes of photos.")

  @Argument(help: "The model, a .keras file.")
  var model: String

  @Argument(help: "The photos.")
  var images: [String]

  @Flag(help: "Print one JSON object a line, with the probabilities of all classes.")
  var json = false

  func run() throws {
    let network = try Sequential(contentsOf: model)
    var failed = false
    for path in images {
      do {
        let classes = try network.classify(contentsOfFile: path)
        print(json ? try Self.json(path, classes) : Self.text(path, classes))
      } catch let error as ImageError {
        // The other photos are still answered; the exit code tells that one was not.
        FileHandle.standardError.write(Data("Error: \(error)\n".utf8))
        failed = true
      }
    }
    if failed { throw ExitCode.failure }
  }

  private static func text(_ path: String, _ classes: [Classification]) -> String {
    let likeliest = classes.prefix(3).map { "\($0.name) \(String(format: "%.4f", $0.probability))" }
    return "\(path): \(likeliest.joined(separator: ", "))"
  }

  private static func json(_ path: String, _ classes: [Classification]) throws -> String {
    struct Line: Encodable {
      let image: String
      let probabilities: [String: Float]
    }
    let line = Line(
      image: path, probabilities: Dictionary(classes.map { ($0.name, $0.probability) }) { first, _ in first })
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(line), as: UTF8.self)
  }
}
