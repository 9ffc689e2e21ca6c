import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// A network that PyTorch has saved with safetensors, and what it answers there.
@Suite struct PyTorchTests {
  private let file: Safetensors
  private let expected: Tensor<Float>
  private let x: Tensor<Float>

  init() throws {
    file = try Safetensors(contentsOf: fixturePath("PyTorch/network.safetensors"))
    x = try Tensor(npyFile: fixturePath("PyTorch/network.x.npy"))
    expected = try Tensor(npyFile: fixturePath("PyTorch/network.y.npy"))
  }

  private func network() throws -> Sequential {
    try Sequential(input: [3, 8, 7]) {
      Conv2D(6, kernelSize: 3, padding: .explicit(top: 1, bottom: 1, left: 1, right: 1), useBias: false)
      BatchNorm(epsilon: 1e-5)
      ActivationLayer(.relu)
      MaxPool2D(2)
      Conv2D(4, kernelSize: 2, groups: 2)
      Flatten()
      Dense(5, activation: .relu)
      Dense(3)
    }
  }

  private let layers = [
    "conv2d": "conv1", "batch_norm": "bn1", "conv2d_1": "conv2", "dense": "fc1", "dense_1": "fc2",
  ]

  @Test func theNetworkAnswersAsInPyTorch() throws {
    let model = try network()
    try model.load(pyTorch: file.tensors, layers: layers)
    // Sums of some hundred products of numbers near 1, each rounded to 2⁻²⁴.
    #expect(deviation(model(x), from: expected) <= 1e-5)
  }

  @Test func whatDoesNotFitIsReportedByName() throws {
    let model = try network()
    let state = model.state
    func failure(_ tensors: [String: Tensor<Float>], _ layers: [String: String]) -> String {
      "\((#expect(throws: StateError.self) { try model.load(pyTorch: tensors, layers: layers) }).map { "\($0)" } ?? "")"
    }
    var (tensors, map) = (file.tensors, layers)
    tensors["fc2.bias"] = nil
    #expect(failure(tensors, layers).contains("fc2.bias"))
    tensors["fc2.bias"] = Tensor([1, 2])
    #expect(failure(tensors, layers).contains("fc2.bias has shape [2]"))
    tensors = file.tensors
    tensors["fc3.bias"] = Tensor([1])
    #expect(failure(tensors, layers).contains("fc3.bias"))
    map["dense"] = nil
    #expect(failure(file.tensors, map).contains("dense."))
    #expect(model.state == state)
  }
}
