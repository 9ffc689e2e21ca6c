import Tensor

extension Sequential {
  /// A table of the layers: name and type, output shape, number of parameters and of multiply-adds for one example.
  public func summary() -> String {
    let rows = zip(children, zip([inputShape ?? []] + outputShapes, outputShapes)).map { child, shapes in
      [
        "\(child.name) (\(type(of: child.layer)))", shapes.1.description,
        grouped(child.layer.parameterCount + child.layer.bufferCount),
        grouped(child.layer.multiplyAdds(inputShape: shapes.0, outputShape: shapes.1)),
      ]
    }
    let header = ["Layer (type)", "Output shape", "Parameters", "Multiply-adds"]
    let widths = header.indices.map { column in ([header] + rows).map(\.[column].count).max() ?? 0 }
    func line(_ cells: [String]) -> String {
      cells.indices
        .map { pad(cells[$0], to: widths[$0], right: $0 >= 2) }
        .joined(separator: "  ")
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1))
    let total = multiplyAdds(inputShape: inputShape ?? [], outputShape: outputShape ?? [])
    let footer = [
      "Total parameters: \(grouped(parameterCount + bufferCount))",
      "Trained parameters: \(grouped(parameterCount))",
      "Other parameters: \(grouped(bufferCount))",
      "Multiply-adds for one example: \(grouped(total))",
    ]
    return ([line(header), rule] + rows.map(line) + [rule] + footer).joined(separator: "\n")
  }
}

/// A number with a comma after every third digit from the right: `1,817,483`.
private func grouped(_ number: Int) -> String {
  let digits = Array(String(number))
  return digits.indices
    .map { ($0 > 0 && (digits.count - $0) % 3 == 0 ? "," : "") + String(digits[$0]) }
    .joined()
}

private func pad(_ text: String, to width: Int, right: Bool) -> String {
  let space = String(repeating: " ", count: width - text.count)
  return right ? space + text : text + space
}
