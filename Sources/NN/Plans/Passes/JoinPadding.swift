import Autograd
import Tensor

extension PlanDraft {
  /// Makes rows and columns of zeros a part of the window behind them, so that no padded image is written: before a
  /// convolution, and before max-pooling where no number is below the zeros.
  mutating func joinPadding() {
    let consumers = onlyConsumers()
    for index in steps.indices {
      guard let padding = steps[index].calledLayer as? ZeroPad2D, let next = consumers[steps[index].outputs[0]] else {
        continue
      }
      switch steps[next].calledLayer {
      case let layer as any ImageConvolution where layer.activityRegularizer == nil:
        guard let window = layer.window.padded(by: padding) else { continue }
        join([index, next], into: ConvolutionCall(layer, window: window), layer: layer)
      case let layer as MaxPool2D
      where padding.isNarrower(than: layer.window) && hasNoNegatives(steps[index].inputs[0]):
        guard let window = layer.window.padded(by: padding) else { continue }
        join([index, next], into: MaxPoolCall(window: window), layer: layer)
      default: continue
      }
    }
  }

  /// Whether a value is what a ReLU has made: an activation, or a convolution that ends in one, with any window.
  private func hasNoNegatives(_ value: Int) -> Bool {
    guard let step = steps.first(where: { $0.outputs.contains(value) }) else { return false }
    let convolution = (step.operation as? ConvolutionCall)?.layer ?? step.calledLayer as? any ImageConvolution
    return switch (step.calledLayer as? any PointwiseLayer)?.activation ?? convolution?.activation {
    case .relu: true
    case .boundedReLU(let maximum, slope: 0, threshold: 0): maximum >= 0
    default: false
    }
  }
}

/// Max-pooling with another padding than that of the layer.
struct MaxPoolCall: PlanOperation {
  let window: Window

  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] { [inputs[0].maxPool2D(window)] }
}

extension Window {
  /// The window with zeros around the image; `nil` where it has a padding of its own.
  fileprivate func padded(by zeros: ZeroPad2D) -> Window? {
    guard padding == .valid else { return nil }
    return Window(
      size, stride: stride, dilation: dilation,
      padding: .explicit(top: zeros.top, bottom: zeros.bottom, left: zeros.left, right: zeros.right))
  }
}

extension ZeroPad2D {
  /// Whether each position of a window covers a pixel of the image.
  fileprivate func isNarrower(than window: Window) -> Bool {
    max(top, bottom) < window.size.height && max(left, right) < window.size.width
  }
}
