import Foundation
import Kilim

/// The figures of `Peers/race.py` as bars.
struct Race {
  private struct Row {
    let race, contender: String
    let median: Double
  }

  /// Draws the races of a table written by `Peers/race.py`.
  static func write(from table: String, to path: String) throws {
    let rows = try String(contentsOfFile: table, encoding: .utf8).split(whereSeparator: \.isNewline).dropFirst()
      .compactMap(row)
    var titles: [String] = []
    for row in rows where !titles.contains(row.race) { titles.append(row.race) }
    let charts = titles.map { title in
      BarChart(
        title: title, bars: rows.filter { $0.race == title }.map { ($0.contender, $0.median) }, unit: "ms")
    }
    try Figure(columns: 2, panels: charts).write(to: path)
  }

  /// A line `race,contender,median,…`; a race with commas in its title stands in quotes.
  private static func row(_ line: Substring) -> Row? {
    let isQuoted = line.first == "\""
    guard let end = isQuoted ? line.dropFirst().firstIndex(of: "\"") : line.firstIndex(of: ",") else { return nil }
    let fields = line[end...].dropFirst().split(separator: ",")
    guard fields.count >= 2, let median = Double(fields[1]) else { return nil }
    return Row(race: String(line[..<end].drop { $0 == "\"" }), contender: String(fields[0]), median: median)
  }
}
