import Autograd
import Tensor

/// What surrounds a sequence that a window slides over.
public enum SequencePadding: Hashable, Sendable {
  /// No padding: the window stays inside the sequence.
  case valid
  /// Enough for an output of ⌈T / stride⌉ steps. An extra step is at the end, as in Keras.
  case same
  /// Enough before the first step that no output depends on later inputs.
  case causal
}

// A sequence [N, T, F] as images of one row, [N, F, 1, T], and back: views, since the features lie innermost in both.

extension Variable<Float> {
  /// Sequences `[N, T, F]` as images `[N, F, 1, T]`.
  func sequencesAsImages() -> Variable {
    require(shape.rank == 3, "sequences [N, T, F] are needed, found \(shape)")
    return reshaped(to: [shape[0], 1, shape[1], shape[2]]).permuted([0, 3, 1, 2])
  }

  /// Images `[N, F, 1, T]` as sequences `[N, T, F]`.
  func imagesAsSequences() -> Variable {
    permuted([0, 2, 3, 1]).reshaped(to: [shape[0], shape[3], shape[1]])
  }
}

extension Window {
  /// A window over the steps of a sequence, seen as an image of one row.
  init(overSteps size: Int, stride: Int, dilation: Int = 1, padding: SequencePadding) {
    // A margin that overflows is as impossible as one without reason.
    let (before, overflows) = max(dilation, 1).multipliedReportingOverflow(by: max(size, 1) - 1)
    let margin: Padding =
      switch padding {
      case .valid: .valid
      case .same: .same
      case .causal: .explicit(top: 0, bottom: 0, left: overflows ? .max : before, right: 0)
      }
    self.init(
      Size(height: 1, width: size), stride: Size(height: 1, width: stride),
      dilation: Size(height: 1, width: dilation), padding: margin)
  }

  /// The number of positions on a sequence `[T, F]`.
  ///
  /// - Throws: ``LayerError`` when the shape is not that of a sequence or the window does not fit into it.
  func steps(onSequenceOf inputShape: Shape) throws -> Int {
    guard inputShape.rank == 2 else {
      throw LayerError(inputShape: inputShape, reason: "a sequence [T, F] is needed")
    }
    guard let placement = placement(onHeight: 1, width: inputShape[0]) else {
      throw LayerError(
        inputShape: inputShape,
        reason: "a window of \(size.width) steps with stride \(stride.width), dilation \(dilation.width) and padding "
          + "\(padding) does not fit")
    }
    return placement.output.width
  }
}
