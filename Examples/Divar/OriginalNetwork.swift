import Kilim

/// The network of the original script: four blocks of convolution, pooling, dropout and normalization, then two fully
/// connected layers. 1,817,483 parameters for 11 classes at 64×64.
func originalNetwork(imageSize: ImageSize, classCount: Int, seed: UInt64) throws -> Sequential {
  try originalNetwork(imageSize: imageSize, outputs: classCount, activation: .softmax, seed: seed)
}

/// The original network with another last layer.
func originalNetwork(
  imageSize: ImageSize, outputs: Int, activation: Activation, seed: UInt64
) throws -> Sequential {
  try Sequential(input: [3, imageSize.height, imageSize.width], seed: seed) {
    for filters in [64, 128, 256, 512] {
      Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)
      MaxPool2D(2)
      Dropout(0.2)
      BatchNorm()
    }
    Flatten()
    Dropout(0.2)
    Dense(32, activation: .relu)
    Dropout(0.2)
    BatchNorm()
    Dense(outputs, activation: activation)
  }
}

/// Reads the size of the photos that the original network takes.
@Sendable func networkSize(_ text: String) throws -> ImageSize {
  let size = try sizeInPixels(text)
  try checkNetworkSize(size)
  return size
}

/// Throws an ``OptionValueError`` for photos that are too small for the original network.
func checkNetworkSize(_ size: ImageSize) throws(OptionValueError) {
  guard size.height < 16 || size.width < 16 else { return }
  throw OptionValueError(expected: "at least 16 pixels: the network halves them four times")
}
