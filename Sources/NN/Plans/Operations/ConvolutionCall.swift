import Autograd
import Tensor

/// A convolution, and the ReLU and 2×2 pooling behind it, as one operation with gradients.
struct ConvolutionCall: PlanOperation {
  let layer: any ImageConvolution
  let window: Window
  private var activation: Activation
  private var pools = false

  init(_ layer: any ImageConvolution, window: Window) {
    self.layer = layer
    self.window = window
    activation = layer.activation
  }

  /// `nil` if the step is not the call of a convolution alone, or of one with a penalty on its own output.
  init?(_ step: PlanDraft.Step) {
    guard let layer = step.calledLayer as? any ImageConvolution, layer.activityRegularizer == nil else { return nil }
    self.init(layer, window: layer.window)
  }

  /// Whether nothing follows the convolution.
  var isAlone: Bool { activation == .linear && !pools }

  /// Makes the step behind the operation a part of it; `false` if that is not possible.
  mutating func absorb(_ next: PlanDraft.Step) -> Bool {
    guard activation == .linear || activation == .relu else { return false }
    switch next.calledLayer {
    // max(max(a, b), 0) = max(max(a, 0), max(b, 0)): ReLU and pooling may change places.
    case let next as any PointwiseLayer where next.activation == .relu: activation = .relu
    case let next as MaxPool2D where next.window == Window(2, stride: 2) && !pools: pools = true
    default: return false
    }
    return true
  }

  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    [layer.convolve(inputs[0], context, window: window, activation: activation, pools: pools)]
  }
}
