import NN
import Serialization
import Tensor

// In Keras the channels of an image come last, and so do its elements where axes are joined or taken apart.

extension Reshape: KerasLayer {
  var kerasClass: String { "Reshape" }

  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON] {
    let input = inputShapes.first ?? []
    guard let output = resolvedShape(of: input) else {
      throw .unsupported(found: "a Reshape of \(input) to \(shape)", expected: "as many elements before as after")
    }
    guard order == .channelsLast || (input.isSameInEitherOrder && output.isSameInEitherOrder) else {
      throw .unsupported(
        found: "a Reshape of an image in the order of [C, H, W]", expected: "Reshape(…, order: .channelsLast) for Keras"
      )
    }
    return ["target_shape": .array(KerasInput(shape: output).kerasShape.map { JSON($0) })]
  }
}

extension Shape {
  /// Whether the elements of an example come in the same order with channels first and last.
  var isSameInEitherOrder: Bool { rank < 3 || self[rank - 3] == 1 || self[rank - 2] * self[rank - 1] == 1 }
}

extension KerasPart {
  /// `Reshape`: the layer of Kilim, with Keras's order of elements.
  static func reshape(
    _ options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    let value = options.take("target_shape")
    func unsupported(_ expected: String) -> ModelFileError.Problem {
      .unsupported(found: "a Reshape of \(input.kerasShape) to \(value?.description ?? "nothing")", expected: expected)
    }
    let target = (value?.elements ?? []).map { $0 == .number(-1) ? -1 : $0.count ?? 0 }
    guard let shape = Reshape(target).resolvedShape(of: input.shape) else {
      throw unsupported("as many elements before as after")
    }
    if Array(shape) == input.kerasShape || (input.isPlane && Array(shape) == input.kerasShape + [1]) {
      return [KerasPart(TrainingOnlyLayer(TrainingOnlyLayer.reshape))]
    }
    if shape.rank == 1, input.rank > 2 { return [KerasPart(Flatten(of: input))] }
    let own = ElementOrder.channelsLast.places(rank: shape.rank).map { shape[$0] }
    return [KerasPart(Reshape(own, order: .channelsLast))]
  }
}

extension Permute: KerasLayer {
  var kerasClass: String { "Permute" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    let shape = inputShapes.first ?? []
    // Axis i of the output, as Keras counts, is one here; so is the axis of the input that it takes.
    let output = Shape(axes.map { shape[$0] })
    let numbers = (1...axes.count).map { number in shape.kerasAxis(axes[output.axis(keras: number) ?? 0]) }
    return ["dims": .array(numbers.map { JSON($0) })]
  }

  convenience init(keras options: inout KerasOptions, inputShape: Shape) throws(ModelFileError.Problem) {
    let value = options.take("dims")
    let numbers = (value?.elements ?? []).compactMap(\.count)
    guard numbers.sorted() == Array(1...max(inputShape.rank, 1)), numbers.count == inputShape.rank else {
      throw .unsupported(
        found: "dims = \(value?.description ?? "nothing")", expected: "the axes from 1 to \(inputShape.rank), each once"
      )
    }
    var axes = Array(repeating: 0, count: numbers.count)
    for (index, number) in numbers.enumerated() {
      guard let to = inputShape.axis(keras: index + 1), let from = inputShape.axis(keras: number) else { continue }
      axes[to] = from
    }
    self.init(axes)
  }
}

extension RepeatVector: KerasLayer {
  var kerasClass: String { "RepeatVector" }

  var dependsOnElementOrder: Bool { true }

  func kerasOptions() -> [String: JSON] { ["n": JSON(count)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.count("n"))
  }
}
