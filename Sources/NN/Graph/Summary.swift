import Tensor

extension Model {
  /// A table of the layers in the order of their calls: name and type, output shape, number of parameters and of
  /// multiply-adds for one example; for a model that is no chain also where the inputs come from.
  ///
  /// Parameters of a layer that is called several times are counted with its first call. Before the model is built, shapes and
  /// numbers are `?`.
  public func summary() -> String {
    let shapes = shapes
    var makers = inputNames
    var seen: Set<Int> = []
    let rows = graph.calls.map { call in
      let (name, layer) = children[call.layer]
      let isFirst = seen.insert(call.layer).inserted
      let outputs = shapes.isEmpty ? [] : Array(shapes[call.outputs])
      let sources = call.inputs.map { makers[$0] }
      makers += call.outputs.map { _ in name }
      return [
        "\(name) (\(type(of: layer)))", outputs.isEmpty ? "?" : outputs.map(\.description).joined(separator: ", "),
        !isFirst ? "shared" : shapes.isEmpty ? "?" : grouped(layer.parameterCount + layer.bufferCount),
        shapes.isEmpty
          ? "?" : grouped(layer.multiplyAdds(inputShapes: call.inputs.map { shapes[$0] }, outputShapes: outputs)),
        sources.joined(separator: ", "),
      ]
    }
    let header = ["Layer (type)", "Output shape", "Parameters", "Multiply-adds", "Inputs"]
    let totals = shapes.isEmpty ? ["The model is not built."] : totals
    return table(header, rows, columns: graph.isChain ? 4 : 5, footer: totals)
  }

  /// The lines below the table.
  private var totals: [String] {
    let trainable = trainableParameters.reduce(0) { $0 + $1.value.count }
    return [
      "Total parameters: \(grouped(parameterCount + bufferCount))",
      "Trainable parameters: \(grouped(trainable))",
      "Non-trainable parameters: \(grouped(parameterCount - trainable + bufferCount))",
      "Multiply-adds for one example: \(grouped(multiplyAdds))",
    ]
  }

  /// The lines of the table, with others below.
  private func table(_ header: [String], _ rows: [[String]], columns: Int, footer: [String]) -> String {
    let header = Array(header.prefix(columns))
    let widths = header.indices.map { column in ([header] + rows).map(\.[column].count).max() ?? 0 }
    func line(_ cells: [String]) -> String {
      header.indices
        .map { $0 == 4 ? cells[$0] : pad(cells[$0], to: widths[$0], right: 2...3 ~= $0) }
        .joined(separator: "  ")
    }
    let rule = String(repeating: "─", count: widths.reduce(0, +) + 2 * (widths.count - 1))
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
