import Autograd
import Foundation
import ModelFormats
import NN
import Tensor

/// Models that the tests write.
enum Sample: CaseIterable {
  case classifier, options

  func model() throws -> Sequential {
    switch self {
    case .classifier: try sampleModel()
    case .options: try optionsModel()
    }
  }
}

/// The network of the example in small; it has every kind of layer that holds variables, behind images and features.
func sampleModel(seed: UInt64 = 3) throws -> Sequential {
  let model = try Sequential(input: [3, 8, 10], seed: 1) {
    Conv2D(4, kernelSize: 3, padding: .same, activation: .relu, l2: 0.01)
    MaxPool2D(2)
    Dropout(0.2)
    BatchNorm()
    Conv2D(6, kernelSize: Size(height: 3, width: 2), activation: .tanh, useBias: false)
    Flatten()
    ActivationLayer(.leakyReLU(slope: 0.1))
    BatchNorm(momentum: 0.9, epsilon: 0.01, useShift: false)
    Dense(5, activation: .sigmoid)
    Dense(3, activation: .softmax)
  }
  shake(model, seed: seed)
  model.metadata = ["classes": "cat\ndog", "größe": "\"64\""]
  return model
}

/// Every option that Keras has too.
private func optionsModel() throws -> Sequential {
  let model = try Sequential(input: [3, 13, 11], seed: 2) {
    Rescaling(2, offset: -0.5)
    Conv2D(4, kernelSize: 3, stride: 2, padding: .same)
    ZeroPad2D(top: 0, bottom: 1, left: 2, right: 0)
    Conv2D(8, kernelSize: 3, padding: .explicit(top: 1, bottom: 2, left: 0, right: 1), groups: 2, activation: .tanh)
    Conv2D(4, kernelSize: 3, padding: .same, dilation: 2, activation: .sigmoid)
    Sequential {
      AveragePool2D(Size(height: 2, width: 1), stride: Size(height: 1, width: 2), padding: .same)
      MaxPool2D(Size(height: 3, width: 2), stride: Size(height: 2, width: 1), padding: .same)
      Conv2D(6, kernelSize: 1)
    }
    BatchNorm(useScale: false)
    ActivationLayer(.tanh)
    GlobalAveragePool2D()
    Dense(4, useBias: false)
    ActivationLayer(.softmax)
  }
  shake(model)
  return model
}

/// Gives every parameter and buffer values of its own, between 0.1 and 0.6 so that they may also be variances.
private func shake(_ model: Sequential, seed: UInt64 = 3) {
  var generator = RandomGenerator(seed: seed)
  func values(like tensor: Tensor<Float>) -> Tensor<Float> {
    Tensor(uniform: tensor.shape, in: 0.1..<0.6, using: &generator)
  }
  for parameter in model.parameters { parameter.value = values(like: parameter.value) - 0.3 }
  for (_, buffer) in model.namedBuffers { buffer.value = values(like: buffer.value) }
}

/// A batch of inputs for a model.
func sampleInputs(for model: Model, count: Int = 3) -> Tensor<Float> {
  var generator = RandomGenerator(seed: 4)
  let shape = Shape([count] + Array(model.inputShape ?? []))
  return Tensor(uniform: shape, in: 0..<1, using: &generator)
}

/// A `.keras` file with one entry changed.
func changing(_ name: String, of bytes: [UInt8], _ change: (String) -> String) throws -> [UInt8] {
  let archive = try ZipReader(bytes: bytes, path: "sample")
  let entries = try ["metadata.json", "config.json", "model.weights.h5", "kilim.json"].map { entry in
    let content = try archive.contents(of: entry, limit: 1 << 24)
    let changed = entry == name ? Array(change(String(decoding: content, as: UTF8.self)).utf8) : content
    return ZipEntry(name: entry, bytes: changed)
  }
  return try zipArchive(of: entries, for: "sample")
}

/// The bytes of a `.keras` file.
func kerasBytes(of model: Model, for path: String = "model.keras") throws -> [UInt8] {
  try KerasFile(model: model).bytes(for: path)
}

/// The bytes of a model that Keras wrote, with its configuration changed.
func changingKeras(_ name: String, _ old: String, _ new: String) throws -> [UInt8] {
  try changingKeras(fixture(name), old, new)
}

/// The bytes of a `.keras` file in which one text of its description is another.
func changingKeras(_ bytes: [UInt8], _ old: String, _ new: String) throws -> [UInt8] {
  let name = "model.keras"
  let archive = try ZipReader(bytes: bytes, path: name)
  let entries = try archive.names.map { entry in
    let content = try archive.contents(of: entry, limit: 1 << 24)
    guard entry == "config.json" else { return ZipEntry(name: entry, bytes: content) }
    let text = String(decoding: content, as: UTF8.self)
    guard text.contains(old) else { throw Absent(text: old) }
    return ZipEntry(name: entry, bytes: Array(text.replacing(old, with: new, maxReplacements: 1).utf8))
  }
  return try zipArchive(of: entries, for: name)
}

/// A text that a test wants to replace is not there.
struct Absent: Error {
  let text: String
}

/// The content of `config.json` in the bytes of a `.keras` file.
func kerasConfig(_ bytes: [UInt8]) throws -> JSON {
  try JSON(parsing: ZipReader(bytes: bytes, path: "model.keras").contents(of: "config.json", limit: 1 << 24))
}
