import Data
import NN
import Serialization
import Tensor

/// A value of a step under a tag: a number, a histogram or a picture.
struct SummaryValue {
  let message: ProtobufMessage

  /// A number.
  init(_ tag: String, _ number: Double) {
    message = ProtobufMessage {
      $0.add(1, tag)
      $0.add(2, Float(number))
    }
  }

  /// How often the elements of a tensor lie in each of thirty equal parts of their range; `nil` if none is finite. Elements
  /// that are not finite do not count.
  init?(_ tag: String, histogramOf tensor: Tensor<Float>) {
    var (smallest, largest, count) = (Double.infinity, -Double.infinity, 0)
    var (sum, squares) = (0.0, 0.0)
    let partCount = 30
    let scalars = tensor.scalars
    for scalar in scalars where scalar.isFinite {
      let value = Double(scalar)
      smallest = min(smallest, value)
      largest = max(largest, value)
      sum += value
      squares += value * value
      count += 1
    }
    guard count > 0 else { return nil }
    // All elements are equal: a range around them.
    let (low, width) = largest > smallest ? (smallest, largest - smallest) : (smallest - 0.5, 1)
    var counts = [Double](repeating: 0, count: partCount)
    for scalar in scalars where scalar.isFinite {
      counts[min(Int((Double(scalar) - low) / width * Double(partCount)), partCount - 1)] += 1
    }
    let limits = (1...partCount).map { low + width * Double($0) / Double(partCount) }
    message = ProtobufMessage { value in
      value.add(1, tag)
      value.add(
        5,
        ProtobufMessage { histogram in
          histogram.add(1, low)
          histogram.add(2, low + width)
          histogram.add(3, Double(count))
          histogram.add(4, sum)
          histogram.add(5, squares)
          histogram.add(6, packed: limits)
          histogram.add(7, packed: counts)
        })
    }
  }

  /// A picture.
  init(_ tag: String, _ image: Image) throws {
    let png = try image.png()
    message = ProtobufMessage { value in
      value.add(1, tag)
      value.add(
        4,
        ProtobufMessage {
          $0.add(1, image.height)
          $0.add(2, image.width)
          // RGB.
          $0.add(3, 3)
          $0.add(4, png)
        })
    }
  }

  init(_ message: ProtobufMessage) { self.message = message }
}
