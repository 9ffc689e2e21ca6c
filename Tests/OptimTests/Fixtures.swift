import Autograd
import Foundation
import Optim
import Tensor

/// What Keras's optimizers have done, as `make_optimizers.py` has written it down.
struct KerasRuns: Decodable {
  struct Run: Decodable {
    /// The elements of each parameter after each step.
    let after: [[[Float]]]
    /// The slots of each parameter after the last step.
    let slots: [[String: [Float]]]
  }

  let shapes: [[Int]]
  let initial: [[Float]]
  /// For each step the gradient of each parameter.
  let gradients: [[[Float]]]
  let runs: [String: Run]

  static func load() throws -> KerasRuns {
    try JSONDecoder().decode(KerasRuns.self, from: fixture("optimizers.json"))
  }

  /// The parameters before the first step.
  func parameters() -> [Parameter] {
    zip(shapes, initial).map { Parameter(Tensor(shape: Shape($0), scalars: $1)) }
  }

  /// The gradients of one step. The last parameter gets none in every third step.
  func gradients(of parameters: [Parameter], step: Int) -> Gradients<Float> {
    var result = Gradients<Float>()
    for (index, parameter) in parameters.enumerated() where step % 3 != 0 || index != parameters.count - 1 {
      result[parameter] = Tensor(shape: Shape(shapes[index]), scalars: gradients[step][index])
    }
    return result
  }
}

/// The content of a committed file.
func fixture(_ name: String) throws -> Data {
  try Data(contentsOf: Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: name))
}
