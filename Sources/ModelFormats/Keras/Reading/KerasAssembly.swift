import NN
import Serialization
import Tensor

/// A model put together from its description, layer by layer, each built once and filled with the variables of the file.
struct KerasAssembly {
  let model: Sequential
  /// All variables in Keras's order.
  private(set) var variables: [KerasVariable] = []
  /// The names of the layers that Keras did not train.
  let frozen: [String]

  /// No example is larger, nor is what a layer makes of it: 4 GB, so far below what `Int` holds that the cost of a layer
  /// can still be counted.
  private static let largestExample = 1 << 30

  /// Makes the model.
  ///
  /// Each layer's variables are compared with its input before it is built, so that nothing larger than the file is
  /// made.
  ///
  /// - Parameters:
  ///   - description: the layers.
  ///   - path: the file, named by errors.
  ///   - read: the variables of a layer, in Keras's order and layout, of which there must be so many.
  /// - Throws: ``ModelFileError`` naming the layer if a class or an option is unknown, or if the variables do not fit.
  init(
    _ description: KerasDescription, path: String,
    variables read: (KerasDescription.Member, _ count: Int) throws -> [Tensor<Float>]
  ) throws {
    var shape = description.inputShape
    var generator = RandomGenerator(seed: 0)
    var layers: [any Layer] = []
    var shapes: [Shape] = []
    var image: FlattenedImage?
    for member in description.members {
      func error(_ problem: ModelFileError.Problem) -> ModelFileError {
        ModelFileError(path: path, place: "layer \"\(member.name)\"", problem: problem)
      }
      let parts: [KerasPart]
      do throws(ModelFileError.Problem) {
        parts = try Self.parts(of: member, inputShape: shape)
      } catch let problem {
        throw error(problem)
      }
      let count = parts.reduce(0) { $0 + $1.variableShapes(inputShape: shape).count }
      var values = try read(member, count)[...]
      for part in parts {
        guard let count = elementCount(ofClaimedShape: Array(shape)), count <= Self.largestExample else {
          throw error(.damaged("an input of shape \(shape)"))
        }
        let expected = part.variableShapes(inputShape: shape)
        let found = values.prefix(expected.count)
        values = values.dropFirst(expected.count)
        guard found.map(\.shape) == expected else {
          throw error(.mismatch(found: "variables of shape \(found.map(\.shape))", expected: "\(expected)"))
        }
        do {
          let output = try part.layer.build(inputShape: shape, using: &generator)
          let targets = part.layer.kerasVariables(flattenedFrom: image)
          for (target, value) in zip(targets, found) { target.assign(value) }
          variables += targets
          image = part.layer.flattenedImage(after: image, inputShape: shape)
          shape = output
        } catch let failure as LayerError {
          throw error(.damaged(failure.reason))
        }
        layers.append(part.layer)
        shapes.append(shape)
      }
    }
    if image != nil {
      throw ModelFileError(
        path: path, place: "config.json",
        problem: .unsupported(found: "a flattened image as output", expected: "a Dense layer behind it"))
    }
    model = Sequential(built: layers, inputShape: description.inputShape, outputShapes: shapes)
    frozen = description.members.filter { !$0.isTrainable }.map(\.name)
  }

  private static func parts(
    of member: KerasDescription.Member, inputShape: Shape
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    guard let reader = KerasClasses.readers[member.kerasClass], member.isFromKeras else {
      throw .unsupported(
        found: "the class \(member.kerasClass)", expected: KerasClasses.readers.keys.sorted().joined(separator: ", "))
    }
    var options = KerasOptions(member.options)
    let parts = try reader(&options, inputShape)
    try options.finish()
    return parts
  }
}
