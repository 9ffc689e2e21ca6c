import Kilim

/// The network of the example.
func originalNetwork(classCount: Int = 11) throws -> Sequential {
  try Sequential(input: [3, 64, 64]) {
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
    Dense(classCount, activation: .softmax)
  }
}
