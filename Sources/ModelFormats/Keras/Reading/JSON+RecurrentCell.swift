import Serialization

extension JSON {
  private static let layersOfCells: [String: String] = [
    "SimpleRNNCell": "SimpleRNN", "LSTMCell": "LSTM", "GRUCell": "GRU",
  ]

  /// A layer `RNN(LSTMCell(4))` as the layer `LSTM(4)`, which computes the same; any other layer as it is.
  var withCellInside: JSON {
    guard var layer = members, self["class_name"] == "RNN", foreignClass == nil, var options = layer["config"]?.members,
      let cell = options.removeValue(forKey: "cell"), cell.foreignClass == nil,
      let name = cell["class_name"]?.text.flatMap({ Self.layersOfCells[$0] }), let inner = cell["config"]?.members
    else { return self }
    let own: Set<String> = ["name", "trainable", "dtype"]
    layer["class_name"] = .string(name)
    layer["config"] = JSON(members: options.merging(inner.filter { !own.contains($0.key) }) { outer, _ in outer })
    return JSON(members: layer)
  }
}
