import NN

extension PerOutput {
  /// The value of each output, `nil` for one without.
  ///
  /// - Parameters:
  ///   - outputs: the names of the outputs.
  ///   - what: the values in words, for errors: `losses`.
  /// - Throws: ``FitError/otherParts(_:found:expected:)`` for a name that is no output or occurs twice, and for another number of
  ///   values without names.
  func values(of outputs: [String], _ what: String) throws(FitError) -> [Value?] {
    guard let values = values(of: outputs) else { throw .otherParts(what, found: given, expected: outputs) }
    return values
  }
}
