import Kilim

/// An error with the option that helps.
struct AdvisedError: Error, CustomStringConvertible {
  /// What went wrong.
  let error: any Error
  /// What the user can do.
  let advice: String

  /// Both in one line.
  var description: String { "\(error); \(advice)" }
}

/// Runs `body`, and adds the option that helps to the error of a photo that cannot be used.
func advising<Result>(canSkip: Bool = true, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as ImageError {
    throw AdvisedError(error: error, advice: advice(for: error, canSkip: canSkip))
  }
}

/// The options that help with a photo that cannot be used.
func advice(for error: ImageError, canSkip: Bool) -> String {
  let skip = "add --skip-unreadable to leave such files out"
  let options =
    if error.expected.hasSuffix("pixels") {
      "raise --max-pixels to read larger photos"
    } else if error.found.contains("bytes, and at most") {
      "raise --max-file-size to read larger files"
    } else {
      ""
    }
  return [options, canSkip ? skip : ""].filter { !$0.isEmpty }.joined(separator: ", or ")
}
