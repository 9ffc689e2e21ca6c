import Foundation
import ModelFormats
import NN
import Tensor
import TestSupport
import Testing

/// Small models that differ where a rule of Keras is overlooked, made by several versions: `check_rules.py`.
@Suite struct KerasRulesTests {
  /// One process of each version makes all models, another one opens what was written of them.
  @Test(arguments: PythonEnvironment.kerasVersions)
  func predictionsAreThoseOfTheVersionBeforeAndAfterWriting(version: String) throws {
    guard PythonEnvironment.hasKeras(version) else {
      print("Keras \(version) is left out: \(PythonEnvironment.absence)")
      return
    }
    let folder = try TemporaryFolder()
    let script = fixturePath("check_rules.py")
    let (made, message) = try PythonEnvironment.run(script, ["make", folder.url.path], keras: version)
    try #require(made, "\(version): \(message)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    for file in files where file.hasSuffix(".keras") || file.hasSuffix(".h5") {
      do {
        let model = try Model(contentsOf: folder.path(file))
        try expectAnswers(of: model, file, in: folder.url.path)
        let written = folder.path("\(file.replacing(/\.[a-z0-9]+$/, with: "")).written.keras")
        try model.save(to: written)
        let same = try Model(contentsOf: written)
        try expectAnswers(of: same, file, in: folder.url.path)
      } catch {
        Issue.record("\(version): \(file): \(error)")
      }
    }
    let (passed, output) = try PythonEnvironment.run(script, ["check", folder.url.path], keras: version)
    #expect(passed, "\(version): \(output)")
  }
}
