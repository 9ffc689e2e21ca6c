import Serialization
import Tensor

/// The weights of `CuDNNLSTM` and `CuDNNGRU` of Keras 1 and 2, which ran on NVIDIA's cuDNN alone.
///
/// They compute what `LSTM` and `GRU` do with their usual options; cuDNN keeps the kernel of each gate transposed, and adds
/// two biases.
enum CuDNNWeights {
  /// The variables of a layer of any class as the layer here has them.
  ///
  /// - Throws: the problem if the class is one of cuDNN and the shapes are not.
  static func converted(
    _ values: [Tensor<Float>], ofClass kerasClass: String
  ) throws(ModelFileError.Problem) -> [Tensor<Float>] {
    switch kerasClass {
    case "CuDNNLSTM": try converted(values, gates: 4)
    case "CuDNNGRU": try converted(values, gates: 3)
    default: values
    }
  }

  /// Kernel `[features, gates · units]`, recurrent kernel `[units, gates · units]` and bias as `LSTM` and `GRU` of Keras have
  /// them.
  ///
  /// - Throws: the problem if the shapes are not of cuDNN.
  private static func converted(_ values: [Tensor<Float>], gates: Int) throws(ModelFileError.Problem) -> [Tensor<Float>]
  {
    guard values.count == 3, values[1].shape.rank == 2, values[0].shape.rank == 2,
      values[1].shape[1] == gates * values[1].shape[0], values[0].shape[1] == values[1].shape[1],
      values[2].shape == [2 * values[1].shape[1]]
    else {
      throw .mismatch(
        found: "variables of shape \(values.map(\.shape))",
        expected: "[features, \(gates) · units], [units, \(gates) · units] and [\(2 * gates) · units]")
    }
    let width = values[1].shape[1]
    let bias = values[2].reshaped(to: [2, width])
    return [
      turned(values[0], gates), turned(values[1], gates),
      // An LSTM has the sum of both biases, a GRU keeps them apart.
      gates == 4 ? bias.sum([0]) : bias,
    ]
  }

  /// The kernel of each gate, `[rows, units]`, whose elements stand in the file as those of its transpose.
  private static func turned(_ kernel: Tensor<Float>, _ gates: Int) -> Tensor<Float> {
    let (rows, units) = (kernel.shape[0], kernel.shape[1] / gates)
    return Tensor(
      concatenating: (0..<gates).map { gate in
        kernel.slice(gate * units..<(gate + 1) * units, axis: 1).contiguous().reshaped(to: [units, rows]).transposed()
      }, axis: 1)
  }
}
