import Autograd
import NN
import Tensor

/// A layer, a batch for it, and its mathematics in double precision: a function of the input and all parameters.
struct LayerCase {
  let name: String
  let layer: any Layer
  let input: Tensor<Float>
  let mathematics: ([Variable<Double>]) -> Variable<Double>

  init(
    _ name: String, _ layer: any Layer, _ shape: Shape,
    mathematics: @escaping ([Variable<Double>]) -> Variable<Double>
  ) {
    self.init(name, layer, hashed(shape, seed: 1), mathematics: mathematics)
  }

  init(
    _ name: String, _ layer: any Layer, _ input: Tensor<Float>,
    mathematics: @escaping ([Variable<Double>]) -> Variable<Double>
  ) {
    (self.name, self.layer, self.input, self.mathematics) = (name, layer, input, mathematics)
  }

  init(_ name: String, _ layer: Conv2D, _ shape: Shape = [2, 4, 6, 5]) {
    self.init(name, layer, shape) { values in
      let bias = values.count > 2 ? values[2] : nil
      return activate(
        values[0].convolution2D(values[1], bias: bias, window: layer.window, groups: layer.groups), layer.activation)
    }
  }

  init(_ name: String, _ layer: Dense) {
    self.init(name, layer, [3, 6]) { values in
      let product = values[0].matmul(values[1])
      return activate(values.count > 2 ? product + values[2] : product, layer.activation)
    }
  }

  init(_ name: String, _ layer: MaxPool2D, _ shape: Shape) {
    self.init(name, layer, shape) { $0[0].maxPool2D(layer.window) }
  }

  init(_ name: String, _ layer: AveragePool2D, _ shape: Shape) {
    self.init(name, layer, shape) { $0[0].averagePool2D(layer.window) }
  }

  init(_ activation: Activation, _ shape: Shape) {
    self.init("\(activation) \(shape)", ActivationLayer(activation), shape) { activate($0[0], activation) }
  }

  /// Every layer without randomness in its usual configurations; those of `layers.json` have the names there.
  static var all: [LayerCase] { convolutions + poolings + others }

  private static var convolutions: [LayerCase] {
    [
      LayerCase("conv valid", Conv2D(3, kernelSize: 3)),
      LayerCase("conv same", Conv2D(3, kernelSize: 3, padding: .same)),
      LayerCase("conv even kernel same", Conv2D(2, kernelSize: Size(height: 2, width: 4), padding: .same)),
      LayerCase("conv 1x1", Conv2D(3, kernelSize: 1)),
      LayerCase("conv stride 2 same", Conv2D(3, kernelSize: 3, stride: 2, padding: .same), [2, 2, 6, 6]),
      LayerCase("conv window 3x2", Conv2D(2, kernelSize: Size(height: 3, width: 2))),
      LayerCase("conv stride 3 valid", Conv2D(2, kernelSize: 2, stride: 3)),
      LayerCase("conv dilation 2 valid", Conv2D(2, kernelSize: 2, dilation: 2)),
      LayerCase("conv dilation 2 same", Conv2D(2, kernelSize: 3, padding: .same, dilation: 2)),
      LayerCase("conv groups 2", Conv2D(6, kernelSize: 3, groups: 2)),
      LayerCase("conv depthwise", Conv2D(8, kernelSize: 3, padding: .same, groups: 4)),
      LayerCase("conv without bias", Conv2D(2, kernelSize: 3, useBias: false)),
      LayerCase("conv relu", Conv2D(2, kernelSize: 3, activation: .relu)),
      LayerCase("conv leaky relu", Conv2D(2, kernelSize: 3, activation: .leakyReLU(slope: 0.1))),
      LayerCase("conv sigmoid", Conv2D(2, kernelSize: 3, activation: .sigmoid)),
      LayerCase("conv tanh", Conv2D(2, kernelSize: 3, activation: .tanh)),
      LayerCase("conv softmax", Conv2D(3, kernelSize: 3, activation: .softmax)),
      LayerCase(
        "conv explicit padding",
        Conv2D(2, kernelSize: 3, stride: 2, padding: .explicit(top: 0, bottom: 2, left: 1, right: 3))),
    ]
  }

  private static var poolings: [LayerCase] {
    let ties = hashed([2, 2, 7, 7], seed: 1).scalars.map { ($0 * 2).rounded(.toNearestOrEven) / 2 }
    let overlapping = MaxPool2D(3, stride: 2)
    return [
      LayerCase("max pool", MaxPool2D(2), [2, 2, 6, 5]),
      LayerCase("max pool same", MaxPool2D(2, padding: .same), [2, 2, 5, 5]),
      LayerCase("max pool overlapping", MaxPool2D(3, stride: 2), [2, 2, 7, 6]),
      LayerCase("max pool overlapping same", MaxPool2D(3, stride: 2, padding: .same), [2, 2, 6, 6]),
      LayerCase("max pool ties", overlapping, Tensor(shape: [2, 2, 7, 7], scalars: ties)) {
        $0[0].maxPool2D(overlapping.window)
      },
      LayerCase(
        "max pool explicit padding", MaxPool2D(2, padding: .explicit(top: 1, bottom: 0, left: 0, right: 1)),
        [1, 2, 5, 5]),
      LayerCase("average pool", AveragePool2D(2), [2, 2, 6, 5]),
      LayerCase("average pool same", AveragePool2D(3, stride: 2, padding: .same), [2, 2, 6, 6]),
      LayerCase("average pool 3x2", AveragePool2D(Size(height: 3, width: 2)), [2, 2, 6, 5]),
      LayerCase("global average pool", GlobalAveragePool2D(), [2, 4, 6, 5]) { $0[0].mean([2, 3]) },
    ]
  }

  private static var others: [LayerCase] {
    let activations: [Activation] = [.linear, .relu, .leakyReLU(slope: 0.3), .sigmoid, .tanh, .softmax]
    return [
      LayerCase("dense", Dense(4)),
      LayerCase("dense without bias", Dense(4, useBias: false)),
      LayerCase("dense softmax", Dense(4, activation: .softmax)),
      LayerCase("flatten", Flatten(), [2, 3, 2, 2]) { $0[0].flattenedImages() },
      residual,
    ] + activations.flatMap { [LayerCase($0, [3, 5]), LayerCase($0, [2, 3, 2, 2])] }
  }

  private static var residual: LayerCase {
    let same = Window(3, padding: .same)
    let layer = Residual {
      Conv2D(3, kernelSize: 3, padding: .same, activation: .tanh)
    } shortcut: {
      Conv2D(3, kernelSize: 1)
    }
    return LayerCase("residual", layer, [2, 2, 4, 3]) { values in
      values[0].convolution2D(values[1], bias: values[2], window: same).tanh()
        + values[0].convolution2D(values[3], bias: values[4], window: Window(1))
    }
  }
}

/// The mathematics of an activation, in double precision.
private func activate(_ x: Variable<Double>, _ activation: Activation) -> Variable<Double> {
  switch activation {
  case .linear: x
  case .relu: x.relu()
  case .leakyReLU(let slope): Variable.maximum(x, x * Double(slope))
  case .sigmoid: x.sigmoid()
  case .tanh: x.tanh()
  case .softmax: x.softmax(axis: 1)
  default: fatalError("\(activation) is compared with Keras instead, in ActivationsTests")
  }
}
