import Autograd
import Foundation
import Optim
import Tensor
import Testing

/// Every optimizer with random options against Keras, as `draw_optimizers.py` has written it down.
struct KerasDrawTests {
  struct Draws: Decodable {
    let names: [String]
    let shapes: [[Int]]
    let initial: [[Float]]
    let gradients: [[[Float]]]
    let middle: Int
    let runs: [Run]
  }

  struct Run: Decodable, CustomTestStringConvertible {
    let `class`: String
    let options: Options
    /// A part of the names of parameters without weight decay.
    let excluded: String?
    let middle, last: [[Float]]
    let slots: [[String: [Float]]]

    var testDescription: String { "\(`class`) \(options)" }
  }

  /// The options by Keras's names, in Swift's spelling.
  struct Options: Decodable {
    let learningRate: Double
    let momentum, rho, beta1, beta2, epsilon, initialAccumulatorValue: Double?
    let nesterov, centered, amsgrad: Bool?
    let weightDecay, clipnorm, clipvalue, globalClipnorm: Double?
    let useEma: Bool
    let emaMomentum: Double
    let emaOverwriteFrequency, gradientAccumulationSteps: Int?

    var clipping: GradientClipping? {
      clipnorm.map { .norm($0) } ?? clipvalue.map { .value($0) } ?? globalClipnorm.map { .globalNorm($0) }
    }

    var average: WeightAverage? {
      useEma ? WeightAverage(momentum: emaMomentum, overwriteFrequency: emaOverwriteFrequency) : nil
    }
  }

  static let draws = Result { () throws -> Draws in
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Draws.self, from: fixture("draws.json"))
  }

  private func optimizer(_ run: Run) throws -> any Optimizer {
    let options = run.options
    let (rate, decay, clipping) = (options.learningRate, options.weightDecay ?? 0, options.clipping)
    let (average, steps) = (options.average, options.gradientAccumulationSteps ?? 1)
    let excluded = run.excluded.map { [DecayExclusion.path($0)] } ?? []
    func number(_ value: Double?) throws -> Double { try #require(value) }
    switch run.class {
    case "SGD":
      return try SGD(
        learningRate: rate, momentum: number(options.momentum), nesterov: options.nesterov == true, weightDecay: decay,
        clipping: clipping, decayExclusions: excluded, average: average, gradientAccumulationSteps: steps)
    case "RMSprop":
      return try RMSprop(
        learningRate: rate, rho: number(options.rho), momentum: number(options.momentum),
        epsilon: number(options.epsilon), centered: options.centered == true, weightDecay: decay, clipping: clipping,
        decayExclusions: excluded, average: average, gradientAccumulationSteps: steps)
    case "Adagrad":
      return try Adagrad(
        learningRate: rate, initialAccumulatorValue: number(options.initialAccumulatorValue),
        epsilon: number(options.epsilon), weightDecay: decay, clipping: clipping, decayExclusions: excluded,
        average: average, gradientAccumulationSteps: steps)
    case "Adadelta":
      return try Adadelta(
        learningRate: rate, rho: number(options.rho), epsilon: number(options.epsilon), weightDecay: decay,
        clipping: clipping, decayExclusions: excluded, average: average, gradientAccumulationSteps: steps)
    case "Lion":
      return try Lion(
        learningRate: rate, beta1: number(options.beta1), beta2: number(options.beta2), weightDecay: decay,
        clipping: clipping, decayExclusions: excluded, average: average, gradientAccumulationSteps: steps)
    case "Adam":
      return try Adam(
        learningRate: rate, beta1: number(options.beta1), beta2: number(options.beta2),
        epsilon: number(options.epsilon), amsgrad: options.amsgrad == true, weightDecay: decay, clipping: clipping,
        decayExclusions: excluded, average: average, gradientAccumulationSteps: steps)
    case "AdamW":
      return try AdamW(
        learningRate: rate, beta1: number(options.beta1), beta2: number(options.beta2),
        epsilon: number(options.epsilon), amsgrad: options.amsgrad == true, weightDecay: decay, clipping: clipping,
        decayExclusions: excluded, average: average, gradientAccumulationSteps: steps)
    case "Adamax":
      return try Adamax(
        learningRate: rate, beta1: number(options.beta1), beta2: number(options.beta2),
        epsilon: number(options.epsilon), weightDecay: decay, clipping: clipping, decayExclusions: excluded,
        average: average, gradientAccumulationSteps: steps)
    case "Nadam":
      return try Nadam(
        learningRate: rate, beta1: number(options.beta1), beta2: number(options.beta2),
        epsilon: number(options.epsilon), weightDecay: decay, clipping: clipping, decayExclusions: excluded,
        average: average, gradientAccumulationSteps: steps)
    case "Lamb":
      return try LAMB(
        learningRate: rate, beta1: number(options.beta1), beta2: number(options.beta2),
        epsilon: number(options.epsilon), weightDecay: decay, clipping: clipping, decayExclusions: excluded,
        average: average, gradientAccumulationSteps: steps)
    default:
      throw UnknownClass(name: run.class)
    }
  }

  private struct UnknownClass: Error { let name: String }

  @Test func eachOptimizerIsDrawnOften() throws {
    let counts = try Dictionary(grouping: Self.draws.get().runs, by: \.class).mapValues(\.count)
    #expect(counts.count == 10 && counts.values.allSatisfy { $0 >= 20 })
  }

  /// Up to ten steps, of each of which a few roundings remain. Those of the powers and of the norms weigh most: 1 - β₂ᵗ
  /// loses up to 12 bits for β₂ = 0.9999, half of which are left by the root, and a rate of 0.3 scales them down.
  private let tolerance: Float = 64 * 0x1p-23

  @Test(arguments: try draws.get().runs)
  func stepsAgree(run: Run) throws {
    let draws = try Self.draws.get()
    let parameters = zip(draws.names, zip(draws.shapes, draws.initial)).map { name, value in
      (name: name, parameter: Parameter(Tensor(shape: Shape(value.0), scalars: value.1)))
    }
    let optimizer = try optimizer(run)
    for (number, step) in draws.gradients.enumerated() {
      var gradients = Gradients<Float>()
      for (index, values) in step.enumerated() {
        gradients[parameters[index].parameter] = Tensor(shape: Shape(draws.shapes[index]), scalars: values)
      }
      optimizer.update(parameters, with: gradients)
      if number + 1 == draws.middle { check(parameters, run.middle, "after \(draws.middle) steps") }
    }
    check(parameters, run.last, "at the end")
    for (index, slots) in optimizer.slots(of: parameters.map(\.parameter)).enumerated() {
      #expect(Set(slots.keys) == Set(run.slots[index].keys))
      for (name, slot) in slots {
        #expect(try error(of: slot, #require(run.slots[index][name])) <= tolerance, "slot \(name)")
      }
    }
  }

  private func check(
    _ parameters: [(name: String, parameter: Parameter)], _ expected: [[Float]], _ moment: String
  ) {
    for ((name, parameter), expected) in zip(parameters, expected) {
      #expect(error(of: parameter.value, expected) <= tolerance, "\(name) \(moment)")
    }
  }
}

/// The largest difference, relative to the larger of 1 and the expected number; infinite for NaN.
func error(of tensor: Tensor<Float>, _ expected: [Float]) -> Float {
  zip(tensor.scalars, expected).reduce(0) { worst, pair in
    let error = abs(pair.0 - pair.1) / max(1, abs(pair.1))
    return error <= worst ? worst : error.isNaN ? .infinity : error
  }
}
