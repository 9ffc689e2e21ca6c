// The two copies between an image and its matrix of columns ("im2col" and its adjoint "col2im"). With such a matrix, a
// convolution is a matrix product (Chellapilla, Puri and Simard 2006).

/// Writes the contents of all windows of one image as a matrix. Row (c, i, j) has one element for each position of the
/// window: the element of channel c under window element (i, j), or 0 in the padding.
///
/// Shapes: image `[C, H, W]`, columns `[C * kh * kw, oh * ow]`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func gatherColumns<Scalar: FloatingScalar>(
  _ image: UnsafePointer<Scalar>, channels: Int, _ placement: WindowPlacement,
  into columns: UnsafeMutablePointer<Scalar>
) {
  let (input, output, window) = (placement.input, placement.output, placement.window)
  let step = window.stride.width
  var target = columns
  for channel in 0..<channels {
    let plane = image + channel * input.area
    for kernelRow in 0..<window.size.height {
      for kernelColumn in 0..<window.size.width {
        let inside = placement.insideColumns(kernelColumn)
        for row in 0..<output.height {
          let inputRow = placement.inputRow(row, kernelRow)
          if inputRow < 0 || inputRow >= input.height || inside.isEmpty {
            target.update(repeating: 0, count: output.width)
          } else {
            let line = plane + inputRow * input.width + placement.inputColumn(inside.lowerBound, kernelColumn)
            target.update(repeating: 0, count: inside.lowerBound)
            if step == 1 {
              (target + inside.lowerBound).update(from: line, count: inside.count)
            } else {
              for index in 0..<inside.count { target[inside.lowerBound + index] = line[index * step] }
            }
            (target + inside.upperBound).update(repeating: 0, count: output.width - inside.upperBound)
          }
          target += output.width
        }
      }
    }
  }
}

/// Adds every element of a matrix of columns to the image element that it was read from: the adjoint of
/// ``gatherColumns(_:channels:_:into:)``.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func scatterColumns<Scalar: FloatingScalar>(
  _ columns: UnsafePointer<Scalar>, channels: Int, _ placement: WindowPlacement,
  addingTo image: UnsafeMutablePointer<Scalar>
) {
  let (input, output, window) = (placement.input, placement.output, placement.window)
  let step = window.stride.width
  var source = columns
  for channel in 0..<channels {
    let plane = image + channel * input.area
    for kernelRow in 0..<window.size.height {
      for kernelColumn in 0..<window.size.width {
        let inside = placement.insideColumns(kernelColumn)
        for row in 0..<output.height {
          let inputRow = placement.inputRow(row, kernelRow)
          if inputRow >= 0 && inputRow < input.height && !inside.isEmpty {
            let line = plane + inputRow * input.width + placement.inputColumn(inside.lowerBound, kernelColumn)
            let values = source + inside.lowerBound
            if step == 1 {
              for index in 0..<inside.count { line[index] += values[index] }
            } else {
              for index in 0..<inside.count { line[index * step] += values[index] }
            }
          }
          source += output.width
        }
      }
    }
  }
}
