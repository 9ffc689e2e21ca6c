/// The numbers of a collection: for each class how many pictures were fetched, saved, dropped and failed, and the reasons.
package struct Summary: CustomStringConvertible {
  /// The summary as a table, the reasons below it.
  package let description: String

  /// Makes the summary.
  ///
  /// - Parameters:
  ///   - classNames: the classes in order.
  ///   - state: the state of the collection.
  ///   - problems: failures of whole classes, as sentences.
  package init(classNames: [String], state: CollectionState, problems: [String]) {
    var total = Tally()
    var rows = [["class", "fetched", "saved", "dropped", "failed"]]
    for name in classNames {
      let tally = state.tally(of: name)
      total.add(tally)
      rows.append(Self.row(name, tally))
    }
    if classNames.count > 1 { rows.append(Self.row("total", total)) }
    var lines = Self.aligned(rows)
    if !total.dropped.isEmpty { lines.append("dropped: \(Self.reasons(total.dropped))") }
    if !total.failed.isEmpty { lines.append("failed: \(Self.reasons(total.failed))") }
    lines += problems
    description = lines.joined(separator: "\n")
  }

  private static func row(_ name: String, _ tally: Tally) -> [String] {
    [name] + [tally.fetched, tally.saved, tally.droppedCount, tally.failedCount].map(String.init)
  }

  /// Reasons with their numbers, the most frequent first.
  static func reasons(_ counts: [String: Int]) -> String {
    counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }

  /// Columns side by side: names to the left, numbers to the right.
  private static func aligned(_ rows: [[String]]) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + space : space + cell.0
      }.joined(separator: "  ")
    }
  }
}
