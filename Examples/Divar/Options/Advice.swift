import Glibc
import Kilim

/// Why a photo cannot be used, with the option that helps.
struct UnusablePhoto: Error, CustomStringConvertible {
  /// A sentence for the user.
  let description: String

  /// - Parameters:
  ///   - error: the error of the library.
  ///   - canSkip: whether the command can leave out files.
  ///   - furtherAdvice: what else helps.
  init(_ error: ImageError, canSkip: Bool, furtherAdvice: String? = nil) {
    if isArgumentNotUTF8(error.path) {
      description = "\(error.path): found a file whose name is not UTF-8, expected a name in UTF-8; rename the file"
      return
    }
    // The part after a semicolon is for programmers: which value of the library to change.
    let expected = error.expected.split(separator: ";", maxSplits: 1).first ?? ""
    var options: [String] = []
    if expected.hasPrefix("at most"), expected.hasSuffix("pixels") {
      options.append("raise --max-pixels to read larger photos")
    } else if expected.hasPrefix("at most"), expected.hasSuffix("bytes") {
      options.append("raise --max-file-size to read larger files")
    }
    if canSkip { options.append("add --skip-unreadable to leave such files out") }
    if let furtherAdvice { options.append(furtherAdvice) }
    let advice = options.isEmpty ? "" : "; " + options.joined(separator: ", or ")
    description = "\(error.path): found \(error.found), expected \(expected)\(advice)"
  }
}

/// Whether a path is an argument of the program that names an existing file, and is not UTF-8. As a text, it has lost the bytes by
/// which the system finds the file.
private func isArgumentNotUTF8(_ path: String) -> Bool {
  guard path.unicodeScalars.contains("\u{FFFD}"), pathKind(path) == nil else { return false }
  return (0..<Int(CommandLine.argc)).contains { index in
    guard let argument = CommandLine.unsafeArgv[index], String(cString: argument) == path else { return false }
    return String(validatingCString: argument) == nil && access(argument, F_OK) == 0
  }
}

/// Runs `body`, and adds the option that helps to the error of a photo that cannot be used.
///
/// - Parameters:
///   - canSkip: whether it helps to leave out files. It does not where this is done already.
///   - furtherAdvice: what else helps.
func advising<Result>(
  canSkip: Bool = true, furtherAdvice: String? = nil, _ body: () throws -> Result
) throws -> Result {
  do {
    return try body()
  } catch let error as ImageError {
    throw UnusablePhoto(error, canSkip: canSkip, furtherAdvice: furtherAdvice)
  }
}

/// An error of the library in words for the user of a command: with options in place of the properties that a program sets.
func commandWords(for error: any Error) -> String {
  switch error {
  case ClassifyError.outOfRange(let value):
    "an output is \(value), which is no probability; add --outputs logits if the model ends without a softmax or a sigmoid"
  case ClassifyError.probabilitiesForLogits:
    "it ends in a softmax or a sigmoid, and says that its outputs are logits; add --outputs probabilities"
  case ClassifyError.confidence(let problem): "\(problem)"
  default: "\(error)"
  }
}
