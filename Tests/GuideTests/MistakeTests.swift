import Foundation
import TestSupport
import Testing

/// The compiler says of a wrong program what is wrong in it.
struct MistakeTests {
  /// An initializer in an extension of `Layer` is a candidate for every layer: then the message speaks of that one, or the
  /// compiler itself ends.
  @Test(arguments: [
    ("Dense(units: 3)", "extraneous argument label 'units:'"),
    ("Dens(3)", "cannot find 'Dens' in scope"),
    ("Dropout(rate: 0.2)", "extraneous argument label 'rate:'"),
    ("Dense(3, activation: .foo)", "has no member 'foo'"),
    ("LSTM(4, returnsSequences: true)", "returnsSequences"),
  ])
  func mistakesInAListOfLayersAreNamed(layer: String, message: String) throws {
    let folder = try TemporaryFolder()
    let source = folder.url.appending(path: "main.swift")
    let text = "import Kilim\nlet model = try Sequential(input: [4]) {\n  \(layer)\n}\n"
    try text.write(to: source, atomically: true, encoding: .utf8)
    let error = #expect(throws: ShellError.self) { try Compiler.check([source], name: "Mistake") }
    let output = try #require(error).output
    #expect(output.contains("error: ") && output.contains(message), "\(output)")
    #expect(!output.contains("contentsOf") && !output.contains("Assertion"), "\(output)")
  }
}
