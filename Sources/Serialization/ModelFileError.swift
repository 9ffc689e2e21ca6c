/// Why a file that holds a model or its tensors could not be read or written.
///
/// A file that cannot be opened at all is reported as a ``FileError``.
public struct ModelFileError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Problem: Error, Equatable {
    /// The bytes do not follow the format: the file was cut off or changed, or is of another kind.
    case damaged(String)
    /// A required part is missing.
    case missing
    /// A part is valid, but not supported here.
    case unsupported(found: String, expected: String)
    /// An input leaves sizes open, and nobody chose them.
    ///
    /// - Parameters:
    ///   - input: its name in the file.
    ///   - example: the sizes of one example in the order in which they are chosen; `nil` for each that is open.
    case openSizes(input: String, example: [Int?])
    /// Two parts contradict each other.
    case mismatch(found: String, expected: String)
    /// A part claims more bytes than the reader allows.
    case tooLarge(byteCount: UInt64, limit: Int)
  }

  /// The file, as the caller named it.
  public let path: String
  /// The part of the file: an entry of an archive, a layer, a tensor.
  public let place: String
  /// What is wrong.
  public let problem: Problem

  /// Makes the error for one part of a file.
  public init(path: String, place: String, problem: Problem) {
    self.path = path
    self.place = place
    self.problem = problem
  }
}

extension ModelFileError: CustomStringConvertible {
  /// One line that names the file, the place in it and the problem.
  public var description: String {
    "\(path): \(place): \(problem)"
  }
}

extension ModelFileError.Problem: CustomStringConvertible {
  /// The problem in a few words.
  public var description: String {
    switch self {
    case .damaged(let what): "damaged: \(what)"
    case .missing: "missing"
    case .unsupported(let found, let expected): "\(found) is not supported; expected \(expected)"
    case .openSizes(let input, let example):
      "the input \"\(input)\" has open sizes, [\(example.map { $0.map(String.init) ?? "null" }.joined(separator: ", "))]; expected "
        + "sizes for them, by inputShapes, as in inputShapes: [\"\(input)\": …]"
    case .mismatch(let found, let expected): "found \(found), expected \(expected)"
    case .tooLarge(let byteCount, let limit): "claims \(byteCount) bytes, and at most \(limit) are read"
    }
  }
}
