import Foundation
import TestSupport
import Testing

extension TemporaryFolder {
  /// The number of the step of the newest checkpoint of a training; 0 without one.
  func newestStep(_ output: String) -> Int {
    let names = (try? entries(in: "\(output)/checkpoints")) ?? []
    let steps = names.compactMap { $0.wholeMatch(of: /step-0*(\d+)(-best)?\.safetensors/).flatMap { Int($0.1) } }
    return steps.max() ?? 0
  }

  /// Expects the files of two finished trainings to be the same.
  func expectSame(_ one: String, _ other: String, sourceLocation: SourceLocation = #_sourceLocation) {
    for name in ["model.keras", "history.csv", "report.txt", "curves.svg"] {
      let (a, b) = (path("\(one)/\(name)"), path("\(other)/\(name)"))
      #expect(FileManager.default.contentsEqual(atPath: a, andPath: b), "\(name)", sourceLocation: sourceLocation)
    }
  }
}
