import NN
import Serialization

extension Rescaling: KerasLayer {
  var kerasClass: String { "Rescaling" }

  /// The numbers for each feature are options, and in the order of the features.
  var dependsOnElementOrder: Bool { scale.count > 1 || offset.count > 1 }

  func kerasOptions() -> [String: JSON] {
    ["scale": JSON(numberOrNumbers: scale), "offset": JSON(numberOrNumbers: offset)]
  }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    let scale = try options.numberOrNumbers("scale", default: 1)
    let offset = try options.numberOrNumbers("offset", default: 0)
    // Equal numbers mean the same in any order, and where a plane has no channels.
    func single(_ numbers: [Float]) -> [Float] { Set(numbers).count == 1 ? [numbers[0]] : numbers }
    guard !scale.isEmpty, !offset.isEmpty else { throw .unsupported(found: "an empty list", expected: "numbers") }
    let lengths = [single(scale).count, single(offset).count]
    guard lengths == [1, 1] || (!input.isPlane && input.image == nil) else {
      throw .unsupported(found: "a scale or an offset for each feature here", expected: "one number")
    }
    self.init(single(scale), offset: single(offset))
  }
}
