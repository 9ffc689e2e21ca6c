import Kilim

/// Chooses the sizes that the file of a model leaves open.
///
/// - Parameters:
///   - input: the name of an input.
///   - example: the sizes of one example in the order of the file, as far as they are fixed.
/// - Returns: all sizes in the same order; `nil` if nothing chooses them.
typealias SizeChoice = (_ input: String, _ example: [Int?]) throws -> Shape?

extension ImageSize? {
  /// Chooses the height and the width of images.
  func chosen(_ input: String, _ example: [Int?]) -> Shape? {
    guard let size = self, example.count == 3 else { return nil }
    let channelsAreLast = example[0] == nil && example[2] != nil
    return channelsAreLast
      ? [example[0] ?? size.height, example[1] ?? size.width, example[2] ?? 3]
      : [example[0] ?? 3, example[1] ?? size.height, example[2] ?? size.width]
  }
}

/// Reads a whole model, and asks for the sizes that its file leaves open.
///
/// - Throws: `FileError` or `ModelFileError`; ``ModelReadingError`` for sizes that nothing chooses.
func readWholeModel(_ path: String, choosing choice: SizeChoice) throws -> Model {
  var shapes: [String: Shape] = [:]
  while true {
    do {
      return try Model(contentsOf: path, inputShapes: shapes)
    } catch let error as ModelFileError {
      guard case .openSizes(let input, let example) = error.problem else { throw error }
      guard shapes[input] == nil, let shape = try choice(input, example) else {
        throw ModelReadingError(path: path, input: input, openSizes: example)
      }
      shapes[input] = shape
    }
  }
}

extension ModelReadingError {
  fileprivate init(path: String, input: String, openSizes: [Int?]) {
    let sizes = openSizes.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
    let way =
      Optional(ImageSize(square: 64)).chosen(input, openSizes) == nil
      ? "expected fixed sizes, or a photo of any height and width"
      : "--image-size chooses them; divar import \(path) --image-size 224 --output NEW.keras keeps the choice"
    self.init(path: path, problem: "its input \"\(input)\" leaves sizes open, [\(sizes)]; \(way)")
  }
}
