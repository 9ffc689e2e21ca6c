import Foundation
import Kilim

/// What each layer makes, and the gradients that come back to it, in columns.
struct StatisticsTable: CustomStringConvertible {
  private let layers: [LayerStatistics]

  init(_ layers: [LayerStatistics]) { self.layers = layers }

  /// A line for each layer.
  var description: String {
    let rows = layers.map { layer in
      let gradients = layer.gradients
      return [
        layer.layer.withoutControls, "\(layer.outputShape)", number(layer.activations.mean),
        number(layer.activations.deviation), number(layer.activations.lowest), number(layer.activations.highest),
        String(format: "%.0f %%", 100 * layer.activations.zeroShare), number(gradients?.deviation),
        number(gradients.map { max(abs($0.lowest), abs($0.highest)) }),
        layer.activations.nonFiniteCount + (gradients?.nonFiniteCount ?? 0) == 0 ? "" : "not finite",
      ]
    }
    let header = [
      "layer", "shape", "mean", "deviation", "lowest", "highest", "zeros", "gradient", "largest", "",
    ]
    return alignedColumns([header] + rows, names: 2)
  }

  private func number(_ value: Double?) -> String { value.map { numberText($0, format: "%.3g") } ?? "-" }
}
