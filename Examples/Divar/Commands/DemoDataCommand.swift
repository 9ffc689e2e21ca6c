import ArgumentParser
import Foundation
import Kilim

/// `divar demo-data`: draws pictures to train on.
struct DemoDataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo-data", abstract: "Draws a set of pictures of the 11 classes to train on.")

  @Option(name: .shortAndLong, help: "The folder to fill; it must be empty or not exist yet.")
  var output: String

  @Option(help: "The number of pictures of each class.")
  var perClass = 200

  @Option(help: "Chooses the pictures: the same seed draws the same ones.")
  var seed: UInt64 = 1

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("--output is empty; name a folder") }
    guard (1...1_000_000).contains(perClass) else {
      throw ValidationError("--per-class is \(perClass); it must be from 1 to 1000000")
    }
  }

  func run() throws {
    let demoData = DemoData(perClass: perClass, seed: seed)
    let isTerminal = isatty(STDERR_FILENO) == 1
    try demoData.write(to: output) { finished in
      guard isTerminal else { return }
      let end = finished == demoData.count ? "\n" : ""
      FileHandle.standardError.write("\r\(finished) of \(demoData.count) pictures\(end)".data(using: .utf8) ?? .init())
    }
    print("\(output): \(demoData.count) pictures, \(perClass) of each of \(DemoData.subjects.count) classes")
  }
}
