import NN
import Serialization
import Tensor

/// A model put together from its description, layer by layer, each built once and filled with the variables of the file.
struct KerasAssembly {
  let model: Sequential
  /// All variables in Keras's order.
  private(set) var variables: [KerasVariable] = []

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
  ///   - purpose: what the model is read for.
  ///   - path: the file, named by errors.
  ///   - read: the variables of a layer, in Keras's order and layout, of which there must be so many.
  /// - Throws: ``ModelFileError`` naming the layer if a class or an option is unknown, or if the variables do not fit.
  init(
    _ description: KerasDescription, for purpose: KerasPurpose, path: String,
    variables read: (KerasDescription.Member, _ count: Int) throws -> [Tensor<Float>]
  ) throws {
    func fits(_ input: KerasInput) -> Bool {
      elementCount(ofClaimedShape: Array(input.shape)).map { $0 <= Self.largestExample } ?? false
    }
    var input = description.input
    var generator = RandomGenerator(seed: 0)
    var layers: [any Layer] = []
    var origins: [KerasOrigin.Layer] = []
    for member in description.members {
      func error(_ problem: ModelFileError.Problem) -> ModelFileError {
        ModelFileError(path: path, place: "layer \"\(member.name)\"", problem: problem)
      }
      func tooLarge() -> ModelFileError {
        error(.unsupported(found: "an input of shape \(input.kerasShape)", expected: "a smaller one"))
      }
      guard fits(input) else { throw tooLarge() }
      let reading: KerasReading
      do throws(ModelFileError.Problem) {
        reading = try KerasReading(member, input, for: purpose)
      } catch let problem {
        throw error(problem)
      }
      let count = reading.parts.reduce(0) { $0 + $1.variableShapes(inputShape: input.shape).count }
      var values = try read(member, count)[...]
      for (index, part) in reading.parts.enumerated() {
        guard fits(input) else { throw tooLarge() }
        if input.image != nil, part.layer.dependsOnElementOrder {
          throw error(
            .unsupported(found: "\(member.kerasClass) behind a flattened image", expected: "a Dense layer between them")
          )
        }
        let expected = part.variableShapes(inputShape: input.shape)
        let found = values.prefix(expected.count)
        values = values.dropFirst(expected.count)
        guard found.map(\.shape) == expected else {
          throw error(.mismatch(found: "variables of shape \(found.map(\.shape))", expected: "\(expected)"))
        }
        do {
          let output = try part.layer.build(inputShape: input.shape, using: &generator)
          let targets = part.layer.kerasVariables(flattenedFrom: input.image)
          for (target, value) in zip(targets, found) { target.assign(value) }
          variables += targets
          input = KerasInput(
            shape: output, isPlane: input.isPlane && reading.keepsPlane,
            image: part.layer.flattenedImage(after: input.image, inputShape: input.shape))
        } catch let failure as LayerError {
          throw error(.unsupported(found: failure.reason, expected: "a layer that fits its input"))
        }
        layers.append(part.layer)
        origins.append(reading.origin(ofPart: index, shapes: expected))
      }
    }
    do throws(ModelFileError.Problem) {
      if input.image != nil {
        throw .unsupported(found: "a flattened image as output", expected: "a Dense layer behind it")
      }
      if input.isPlane { throw .unsupported(found: "an image without channels as output", expected: "a Flatten layer") }
    } catch {
      throw ModelFileError(path: path, place: "config.json", problem: error)
    }
    model = try Sequential(input: description.input.shape, layers: layers)
    let planeShape: JSON? = description.input.isPlane ? description.batchShape : Optional.none
    model.kerasOrigin = KerasOrigin(layers: origins, batchShape: planeShape)
  }
}
