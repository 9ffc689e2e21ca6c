import ArgumentParser
import Kilim

/// The names of classes that a user gives: a list with commas, or a text file with a name on each line.
struct ClassNames {
  /// The names in their order.
  let names: [String]

  /// Reads the value of `--classes`. A value without a comma that names a file is read from there.
  ///
  /// - Throws: `FileError` when the file cannot be read, `ValidationError` when a name is empty or occurs twice.
  init(_ text: String) throws {
    if !text.utf8.contains(UInt8(ascii: ",")), pathKind(text) == .file {
      let bytes = try readFile(text, limit: 16 << 20)
      let lines = bytes.split(separator: UInt8(ascii: "\n")).map { line in
        String(decoding: line, as: UTF8.self).trimmed
      }
      names = lines.filter { !$0.isEmpty }
    } else {
      names = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self).trimmed
      }
    }
    guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("--classes needs a name between all commas, or a file with a name on each line")
    }
    var seen: Set<ExactText> = []
    if let twice = names.first(where: { !seen.insert(ExactText($0)).inserted }) {
      throw ValidationError("--classes needs different names, found \"\(twice)\" twice")
    }
  }
}

extension [String] {
  /// Checks the names of classes against the outputs of a model.
  ///
  /// - Throws: ``ModelMeaningError`` unless there is a name for each output; two for a single one.
  func check(against model: Model, from path: String) throws(ModelMeaningError) {
    if case .numbers = model.targetMeaning { return }
    guard let outputs = model.outputShape, outputs.count == 1 else {
      throw ModelMeaningError(
        path: path,
        problem: "its output has the shape \(model.outputShape ?? []); expected one number for each class")
    }
    var classCount = outputs[0] == 1 ? 2 : outputs[0]
    if case .severalClasses = model.targetMeaning { classCount = outputs[0] }
    guard count != classCount else { return }
    throw ModelMeaningError(
      path: path,
      problem: isEmpty
        ? "it does not hold the names of its \(classCount) classes; add --classes with the names in the order of the "
          + "outputs, for example --classes cat,dog"
        : "it has \(counted(outputs[0], "output")) for \(classCount) classes, "
          + "and \(counted(count, "class name"))")
  }
}
