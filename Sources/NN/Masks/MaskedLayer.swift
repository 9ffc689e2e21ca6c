import Autograd
import Tensor

/// A layer that knows what the masks of its inputs mean.
///
/// A mask says which places of a batch count and which only fill it up: true or false for each place, so `[N, T]` for
/// sequences `[N, T, F]`, which is the shape without the axis of features. ``Embedding`` with `masksZero` and ``Masking``
/// make masks. A model hands them on from layer to layer, also into models inside, by the rules of Keras 3: a layer that
/// does not conform to this protocol ends a mask, and what is behind it counts all places.
///
/// A mask exists inside a model alone. What a call of a model returns has none, and a layer that is called by itself gets
/// none. Losses and metrics count all places.
///
/// By default the first output has the mask of the first input, and the layer computes as without it, as fits a layer that
/// treats each place by itself:
///
/// ```swift
/// final class Scale: MaskedLayer {
///   let factor = Parameter()
///
///   func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
///     factor.value = Tensor(ones: inputShape)
///     return inputShape
///   }
///
///   func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
///     x * context[factor]
///   }
/// }
/// ```
public protocol MaskedLayer: Layer {
  /// Whether the outputs depend on the masks of the inputs; `false` by default.
  var usesMasks: Bool { get }

  /// Where the mask of each output comes from. Outputs behind the last element have none.
  ///
  /// - Parameters:
  ///   - masks: the shape of the mask of each input for one example, `nil` for none.
  ///   - inputShapes: the shape of each input for one example.
  /// - Throws: ``LayerError`` for masks that the layer cannot follow.
  func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask]

  /// The mask that the layer makes itself, where ``outputMasks(masks:inputShapes:)`` says so: true for places that count.
  ///
  /// - Parameters:
  ///   - inputs: batches `[N, …]`.
  ///   - masks: the mask of each input, `[N, …]`, `nil` for none.
  func makeMask(of inputs: [Variable<Float>], masks: [Tensor<Bool>?]) -> Tensor<Bool>

  /// As ``Layer/outputs(of:_:)``, which it is by default, for inputs of which some have a mask.
  func outputs(of inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context) -> [Variable<Float>]
}

/// Where the mask of an output of a ``MaskedLayer`` comes from.
public enum OutputMask: Hashable, Sendable {
  /// There is none.
  case none
  /// It is the mask of an input, by its number.
  case input(Int)
  /// The layer makes it, of this shape for one example.
  case made(Shape)
}

extension MaskedLayer {
  /// False: the outputs do not depend on the masks.
  public var usesMasks: Bool { false }

  /// The first output has the mask of the first input.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    masks.first.flatMap(\.self) == nil ? [] : [.input(0)]
  }

  /// Stops: the layer makes no mask.
  public func makeMask(of inputs: [Variable<Float>], masks: [Tensor<Bool>?]) -> Tensor<Bool> {
    stop("\(type(of: self)): outputMasks says that it makes a mask, and makeMask is missing")
  }

  /// The outputs without the masks.
  public func outputs(
    of inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context
  ) -> [Variable<Float>] {
    outputs(of: inputs, context)
  }
}

/// Throws unless a mask has a place for each of the places of an input, which are `places` along its axes.
func require(
  mask: Shape?, fits places: Shape, of inputShapes: [Shape]
) throws {
  guard let mask, mask != places else { return }
  throw LayerError(
    inputShapes: inputShapes,
    reason: "the mask of an input has the shape \(mask), and \(places) is needed, as without the axis of features")
}

extension Tensor<Bool> {
  /// The mask `[N, …]` with an axis of length 1 at `axis`, repeated to a shape.
  func repeated(axis: Int, to shape: Shape) -> Tensor<Bool> {
    expandingShape(at: axis).broadcast(to: shape)
  }

  /// 1 for true, 0 for false.
  var numbers: Tensor<Float> { Tensor<Float>(ones: shape).masked(by: self) }
}

extension Tensor<Float> {
  /// Whether each number is not 0.
  var truths: Tensor<Bool> { self .!= 0 }
}
