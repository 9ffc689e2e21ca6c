import Foundation
import ModelFormats
import TestSupport
import Testing

/// The tables of options against the signatures of Keras's own classes.
@Suite struct KerasOptionTableTests {
  @Test(arguments: PythonEnvironment.kerasVersions)
  func everyOptionThatKerasWritesIsInATable(version: String) throws {
    guard PythonEnvironment.hasKeras(version) else {
      print("Keras \(version) is left out: \(PythonEnvironment.absence)")
      return
    }
    let folder = try TemporaryFolder()
    try JSONEncoder().encode(KerasTables.names).write(to: folder.url.appending(path: "tables.json"))
    let (succeeded, output) = try PythonEnvironment.run(
      fixturePath("check_keras_options.py"), [folder.path("tables.json")], keras: version)
    #expect(succeeded, "\(output)")
    #expect(output.contains("checked"))
  }
}
