import Foundation
import Kilim
import TestSupport

/// The files that the programs of the guides read, in a folder of their own.
func sampleFolder() throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  try writePhotos(to: folder.path("dataset"))
  try writeTable(to: folder.path("photos.csv"))
  let photo = try picture(red: 200, blue: 60, number: 0, width: 400, height: 300).jpeg()
  try writeAtomically(photo, to: folder.path("cat.jpg"))
  try writeAtomically(Array(photo.prefix(photo.count / 2)), to: folder.path("half.jpg"))
  try writeAtomically(picture(red: 90, blue: nil, number: 1, width: 300, height: 200).png(), to: folder.path("map.png"))
  try writeKerasFile(to: folder.path("from_keras.keras"))
  try writePyTorchFile(to: folder.path("network.safetensors"))
  try writeEfficientNet(to: folder.path("efficientnet-lite0.pth"))
  try writeBackbone(to: folder.path("efficientnet-lite0.keras"))
  try writeAtomically(
    Array((1...1000).map { "class \($0)\n" }.joined().utf8), to: folder.path("imagenet.txt"))
  return folder
}

/// A model for the pictures of `dataset`, with the state of its training.
private func writeKerasFile(to path: String) throws {
  let model = try Sequential(input: [3, 32, 32]) {
    Flatten()
    Dense(2, activation: .softmax)
  }
  try model.save(to: path, optimizer: Adam(), loss: .categoricalCrossEntropy)
}

/// A small classifier that says how photos become its inputs.
private func writeBackbone(to path: String) throws {
  let model = try Sequential(input: [3, 16, 16]) {
    Conv2D(8, kernelSize: 3, activation: .relu)
    GlobalAveragePool2D()
    Dense(1000, activation: .softmax)
  }
  model.preprocessing = Preprocessing(imageSize: 16)
  try model.save(to: path)
}

/// What PyTorch would save of a convolution, a normalization and a linear layer.
private func writePyTorchFile(to path: String) throws {
  let tensors: [String: Tensor<Float>] = [
    "conv1.weight": Tensor(zeros: [16, 3, 3, 3]), "conv1.bias": Tensor(zeros: [16]),
    "bn1.weight": Tensor(ones: [16]), "bn1.bias": Tensor(zeros: [16]),
    "bn1.running_mean": Tensor(zeros: [16]), "bn1.running_var": Tensor(ones: [16]),
    "fc.weight": Tensor(zeros: [2, 16]), "fc.bias": Tensor(zeros: [2]),
  ]
  try Safetensors(tensors: tensors).write(to: path)
}

/// A state dict of EfficientNet-Lite0 under the names of its package, with random weights.
private func writeEfficientNet(to path: String) throws {
  let model = try Model.efficientNetLite(.lite0, seed: 1)
  let names = ["scale": "weight", "shift": "bias", "runningMean": "running_mean", "runningVariance": "running_var"]
  let tensors = model.children.flatMap { name, layer in
    layer.state.sorted { $0.key < $1.key }.map { property, tensor in
      let parts = name.split(separator: "_", maxSplits: 2)
      let module = parts[0] == "blocks" ? "_blocks.\(parts[1])._\(parts[2])" : "_\(name)"
      let isTransposed = layer is Dense && property == "weight"
      return (name: "\(module).\(names[property] ?? property)", tensor: isTransposed ? tensor.transposed() : tensor)
    }
  }
  try writeAtomically(pyTorchFile(of: tensors), to: path)
}

/// Twelve small pictures in each of two classes, one reddish and one bluish.
private func writePhotos(to path: String) throws {
  for (name, red, blue) in [("blue", UInt8?.none, UInt8?(200)), ("red", 200, nil)] {
    try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    for number in 0..<12 {
      let picture = picture(red: red, blue: blue, number: number, width: 40, height: 30)
      try writeAtomically(picture.png(), to: "\(path)/\(name)/\(number).png")
    }
  }
}

/// A table of the pictures of `dataset`: a class, several classes and some numbers for each.
private func writeTable(to path: String) throws {
  let rows = ["blue", "red"].flatMap { kind in
    (0..<12).map {
      "dataset/\(kind)/\($0).png,\(kind),\(kind)\($0 % 2 == 0 ? "|even" : ""),\(10 + $0),\(40 + $0 % 3),\(30 - $0 % 5)"
    }
  }
  try writeAtomically(Array((["file,kind,tags,price,width,height"] + rows).joined(separator: "\n").utf8), to: path)
}

/// A picture with a pattern of shades, and other values for red and blue where they are given.
private func picture(red: UInt8?, blue: UInt8?, number: Int, width: Int, height: Int) -> Image {
  let pixels = (0..<width * height).flatMap { pixel -> [UInt8] in
    let shade = UInt8((pixel * 7 + number * 31) % 100)
    return [red ?? shade, shade, blue ?? shade]
  }
  return Image(width: width, height: height, pixels: pixels)
}
