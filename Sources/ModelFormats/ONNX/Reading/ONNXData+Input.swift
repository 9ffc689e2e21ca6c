import NN
import Serialization
import Tensor

extension ONNXData {
  /// Makes an input of the model.
  ///
  /// - Parameters:
  ///   - input: what the file says.
  ///   - given: the shape of one example as the file orders it, from the caller; `nil` for that of the file.
  ///   - isChannelsLast: whether the input is an image `[N, H, W, C]`; in Kilim it is `[N, C, H, W]`.
  ///   - name: the name of the input in the model.
  /// - Throws: what the file does not say.
  init(
    _ input: ONNXValueInfo, given: Shape?, isChannelsLast: Bool, name: String
  ) throws(ModelFileError.Problem) {
    guard let type = input.typeNumber.flatMap(ONNXElementType.init), let lengths = input.lengths else {
      throw .unsupported(found: "no tensor with a number of axes", expected: "one")
    }
    guard type.byteCount != nil, type != .complex64, type != .complex128 else {
      throw .unsupported(found: "elements that are no numbers", expected: "numbers")
    }
    guard (1...Self.mostAxes).contains(lengths.count) else {
      throw .unsupported(
        found: "\(lengths.count) axes", expected: "a batch of examples [N, …] of \(Self.mostAxes) axes or fewer")
    }
    var example: [Int] = []
    for (axis, length) in lengths.enumerated().dropFirst() {
      let asked = given.flatMap { axis <= $0.count ? $0[axis - 1] : nil }
      switch (length, asked) {
      case (.fixed(let number), nil): example.append(number)
      case (.fixed(let number), let asked?):
        guard number == asked else { throw .mismatch(found: "length \(asked) of axis \(axis)", expected: "\(number)") }
        example.append(number)
      case (_, let asked?): example.append(asked)
      case (_, nil):
        let sizes = lengths.dropFirst().map { length -> Int? in
          if case .fixed(let number) = length { number } else { nil }
        }
        throw .openSizes(input: input.name, example: sizes)
      }
    }
    if let given, given.rank != example.count {
      throw .mismatch(found: "a shape \(given) of one example", expected: "\(example.count) axes")
    }
    guard example.allSatisfy({ (1...Int(Int32.max)).contains($0) }), Shape.count(example) != nil else {
      throw .unsupported(found: "the shape \(example) of one example", expected: "a smaller one")
    }
    let isTurned = isChannelsLast && example.count == 3
    let shape = isTurned ? Shape([example[2], example[0], example[1]]) : Shape(example)
    self.init(
      symbol: SymbolicValue(shape, name: name), example: shape,
      axes: isTurned ? [0, 2, 3, 1] : Array(0...example.count),
      kind: Kind(type), isPreprocessing: true, isOfInput: true)
  }
}
