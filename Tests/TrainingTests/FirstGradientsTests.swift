import Autograd
import NN
import Tensor
import Testing
import Training

/// The first step of `fit` finds parameters that the model does not list, and those that it does not train.
struct FirstGradientsTests {
  /// Multiplies by a parameter in a way that a user may have chosen.
  private final class Factor: Layer {
    let factor = Parameter()
    let unused = Parameter(Tensor(ones: [2]))
    let apply: (Variable<Float>, Parameter, Context) -> Variable<Float>

    init(_ apply: @escaping (Variable<Float>, Parameter, Context) -> Variable<Float>) { self.apply = apply }

    func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
      factor.value = Tensor(ones: inputShape)
      return inputShape
    }

    func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { apply(x, factor, context) }
  }

  private func warnings(
    freezes: Bool = false, _ apply: @escaping (Variable<Float>, Parameter, Context) -> Variable<Float>
  ) throws -> [String] {
    let listener = Listener()
    let factor = Factor(apply)
    factor.unused.isTrainable = !freezes
    let model = try Sequential(input: [8], layers: [factor, Dense(2)])
    try model.fit(Toy.data(), epochs: 2, loss: .meanSquaredError, callbacks: [listener], progress: .silent)
    return listener.warnings
  }

  @Test func aParameterWithoutAGradientIsNamedOnce() throws {
    let unused = try warnings { x, factor, context in x * context[factor] }
    #expect(unused.count == 1 && unused[0].contains("does not depend on factor.unused, so"), "\(unused)")
    let constant = try warnings { x, factor, _ in x * Variable(factor.value) }
    #expect(constant.count == 1 && constant[0].contains("on factor.factor, factor.unused, so"), "\(constant)")
    #expect(try warnings(freezes: true) { x, factor, context in x * context[factor] }.isEmpty)
  }

  @Test func aParameterThatTheModelDoesNotListIsAnError() throws {
    let made = #expect(throws: FitError.self) {
      try warnings { x, factor, context in x * context[factor] * context[Parameter(Tensor(ones: [8]))] }
    }
    #expect(made == .unlistedParameters([[8]]))
    #expect("\(try #require(made))".contains("1 parameter that the model does not list, of shape [8]: fit would"))

    // A layer of another model, held where nobody looks: trained unless it is frozen.
    let teacher = try Sequential(input: [8]) { Dense(8) }
    let error = #expect(throws: FitError.self) {
      try warnings { x, factor, context in teacher(x * context[factor], context) }
    }
    guard case .unlistedParameters(let shapes)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(Set(shapes) == [[8, 8], [8]])
    teacher.isTrainable = false
    #expect(throws: Never.self) {
      try warnings { x, factor, context in teacher(x * context[factor], context) }
    }
  }
}
