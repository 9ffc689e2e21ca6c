extension Tensor: CustomStringConvertible {
  /// The elements in nested brackets, as NumPy prints an array: aligned columns, at most eight digits after the point,
  /// lines of at most 75 characters. Of more than 1,000 elements only the first and last three along each axis are
  /// printed. Truth values are printed as `true` and `false`, a tensor of rank 0 as its number.
  public var description: String {
    if rank == 0 { return "\(scalar)" }
    if count == 0 { return "[]" }
    let shown = count > 1_000 ? corners : self
    var words = Scalar.aligned(shown.scalars)[...]
    return NestedRows(shape: shape, shown: shown.shape).text(&words)
  }

  /// The first and last three indices of every axis longer than six.
  private var corners: Tensor {
    shape.indices.reduce(self) { part, axis in
      let length = shape[axis]
      guard length > 2 * NestedRows.edge else { return part }
      let (first, last) = (0..<NestedRows.edge, length - NestedRows.edge..<length)
      return Tensor(concatenating: [part.slice(first, axis: axis), part.slice(last, axis: axis)], axis: axis)
    }
  }
}

/// Writes words in nested brackets, in lines of a limited width.
private struct NestedRows {
  /// How many indices are printed at each end of an axis that is not printed in full.
  static let edge = 3
  /// The shape of the tensor, and of the part that is shown.
  let shape, shown: Shape

  /// The text of axis `axis` and all axes below, made of the first words of `words`, which are removed.
  func text(_ words: inout ArraySlice<String>, axis: Int = 0, indent: String = " ", width: Int = 75) -> String {
    let isCut = shown[axis] < shape[axis]
    let isRow = axis == shape.rank - 1
    let gap = String(repeating: "\n", count: shape.rank - 1 - axis)
    var (lines, line) = ("", indent)

    func append(_ item: String) {
      if isRow {
        if line.count + item.count > width - 1 && line.count > indent.count {
          while line.last == " " { line.removeLast() }
          lines += line + "\n"
          line = indent
        }
        line += item + " "
      } else {
        lines += indent + item + gap
      }
    }

    for index in 0..<shown[axis] {
      if isCut && index == Self.edge { append("...") }
      append(
        isRow
          ? words.removeFirst() : text(&words, axis: axis + 1, indent: indent + " ", width: width - 1))
    }
    let body = isRow ? (lines + line).dropLast() : lines.dropLast(gap.count)
    return "[" + body.dropFirst(indent.count) + "]"
  }
}
