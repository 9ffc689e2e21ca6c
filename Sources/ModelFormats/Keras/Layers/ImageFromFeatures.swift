import Autograd
import NN
import Serialization
import Tensor

/// Features as an image: `[N, H · W · C]`, channels innermost as in Keras, to `[N, C, H, W]`.
final class ImageFromFeatures: Layer, KerasLayer {
  let height: Int
  let width: Int
  let channels: Int

  init(height: Int, width: Int, channels: Int) {
    (self.height, self.width, self.channels) = (height, width, channels)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape == [height * width * channels] else {
      throw LayerError(inputShape: inputShape, reason: "\(height * width * channels) features are needed")
    }
    return [channels, height, width]
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.reshaped(to: [x.shape[0], height, width, channels]).permuted([0, 3, 1, 2])
  }

  var kerasClass: String { "Reshape" }

  func kerasOptions() -> [String: JSON] { ["target_shape": [JSON(height), JSON(width), JSON(channels)]] }
}

extension ImageFromFeatures: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    // 0 keeps the number of examples.
    let shape = graph.add([0, height, width, channels], name: "\(name).shape")
    let image = graph.add("Reshape", [input, shape], name: "\(name).reshaped")
    return graph.add("Transpose", [image], name: name, ["perm": .integers([0, 3, 1, 2])])
  }
}

extension KerasPart {
  /// `Reshape`: features to an image, an image to features, or the same numbers in the same order.
  static func reshape(
    _ options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    let value = options.take("target_shape")
    func unsupported(_ expected: String) -> ModelFileError.Problem {
      .unsupported(found: "a Reshape of \(input.kerasShape) to \(value?.description ?? "nothing")", expected: expected)
    }
    let kinds = "[H, W, C] from features, or one axis from an image"
    let target = (value?.elements ?? []).map { $0 == .number(-1) ? -1 : $0.count ?? 0 }
    let known = target.filter { $0 > 0 }
    let count = input.shape.elementCount
    guard !target.isEmpty, !target.contains(0), target.count - known.count <= 1,
      let product = elementCount(ofClaimedShape: known), product <= count, count % product == 0,
      known.count < target.count || product == count
    else { throw unsupported("as many elements before as after") }
    let shape = target.map { $0 < 0 ? count / product : $0 }
    if shape == input.kerasShape || (input.isPlane && shape == input.kerasShape + [1]) {
      return [KerasPart(TrainingOnlyLayer(TrainingOnlyLayer.reshape))]
    }
    if shape.count == 1 { return [KerasPart(Flatten())] }
    guard shape.count == 3, input.rank == 1, input.image == nil else { throw unsupported(kinds) }
    return [KerasPart(ImageFromFeatures(height: shape[0], width: shape[1], channels: shape[2]))]
  }
}
