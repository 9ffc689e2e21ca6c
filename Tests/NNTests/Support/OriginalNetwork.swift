import NN
import Tensor

/// The network that the library's example trains, for 11 classes of photos of 64×64.
func originalNetwork(dropout: Float = 0.2) throws -> Sequential {
  try Sequential(input: [3, 64, 64]) {
    for filters in [64, 128, 256, 512] {
      Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)
      MaxPool2D(2)
      Dropout(dropout)
      BatchNorm()
    }
    Flatten()
    Dropout(dropout)
    Dense(32, activation: .relu)
    Dropout(dropout)
    BatchNorm()
    Dense(11, activation: .softmax)
  }
}
