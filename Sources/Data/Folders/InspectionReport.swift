import Foundation
import Serialization
import Tensor

/// The results of an inspection as text: first the figures, then the lists of files.
///
/// ```swift
/// print(InspectionReport(try FolderInspection("photos"), folder: "photos"))
/// ```
public struct InspectionReport: CustomStringConvertible, Sendable {
  private let inspection: FolderInspection
  private let classes: [String]
  private let folder: String
  private let listLimit: Int
  private let hint: String

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - inspection: what was found in the folder.
  ///   - folder: the name of the folder or the table, for the first line.
  ///   - listLimit: the most files in a list.
  ///   - hint: how to see the others, for the end of a list that is too long.
  public init(_ inspection: FolderInspection, folder: String, listLimit: Int = 20, hint: String = "") {
    self.inspection = inspection
    self.hint = hint
    classes = inspection.classes.map(\.withoutControls)
    self.folder = folder.withoutControls
    self.listLimit = listLimit
  }

  /// All sections, one after the other.
  public var description: String {
    let photos = inspection.photos
    let unreadable = inspection.unreadable
    let head =
      "\(folder): \(counted(photos.count + unreadable.count, "file")), \(counted(photos.count, "photo"))"
      + (classes.isEmpty ? "" : " of \(counted(classes.count, "class", plural: "classes"))")
    let gray = photos.filter(\.isGray).map(\.path)
    let odd = photos.filter { !$0.oddities.isEmpty }.map { "\($0.path): \($0.oddities.joined(separator: ", "))" }
    return
      ([head] + (classes.isEmpty ? inspection.numbers.map(range) : [classTable, balance]) + [
        "formats: \(tally(photos.map { "\($0.format)" }))", "sizes: \(sizes)",
        section("gray", gray), section("odd", odd),
        section("damaged, or no photo that can be read", unreadable.map(\.description)),
        section("the same bytes in several files", groups(inspection.duplicates)),
      ] + contradictions).joined(separator: "\n")
  }

  /// Copies of a photo with different labels. Numbers may differ from one copy to the next, as prices of two shops do.
  private var contradictions: [String] {
    classes.isEmpty ? [] : [section("the same bytes in several classes", groups(inspection.contradictions))]
  }

  private func range(_ number: NumberRange) -> String {
    let figures = [number.lowest, number.highest, number.mean].map { String(format: "%.6g", $0) }
    return "  \(number.name.withoutControls): \(figures[0]) to \(figures[1]), mean \(figures[2])"
  }

  /// A line for each class, with a bar as long as its share of the largest, and the share of the photos that it has.
  private var classTable: String {
    let counts = inspection.counts
    let nameWidth = classes.map(\.columnCount).max() ?? 0
    // Where a photo has several classes, the shares add up to more than 100 %.
    let (largest, all) = (max(1, counts.max() ?? 1), max(1, inspection.photos.count))
    return zip(classes, counts).map { name, count in
      let bar = String(repeating: "#", count: (30 * count + largest - 1) / largest)
      let figures = String(format: "%7d  %5.1f %%", count, 100 * Double(count) / Double(all))
      return
        "  \(name)\(String(repeating: " ", count: nameWidth - name.columnCount))\(figures)\(count == 0 ? "" : "  " + bar)"
    }.joined(separator: "\n")
  }

  /// How uneven the classes are.
  private var balance: String {
    let counts = inspection.counts
    guard let largest = counts.indices.max(by: { counts[$0] < counts[$1] }),
      let smallest = counts.indices.min(by: { counts[$0] < counts[$1] })
    else { return "" }
    let (most, least) = (counts[largest], counts[smallest])
    if most == least { return "balance: \(counted(most, "photo")) of each class" }
    let times =
      least == 0 ? "a class without photos" : String(format: "%.1f times as many", Double(most) / Double(least))
    return "balance: \(most) of \(classes[largest]), \(least) of \(classes[smallest]): \(times)"
  }

  /// The most common sizes, and the smallest and the largest by area.
  private var sizes: String {
    let sorted = inspection.photos.sorted { $0.width * $0.height < $1.width * $1.height }
    guard let first = sorted.first, let last = sorted.last else { return "none" }
    let all = tally(sorted.map { "\($0.width) x \($0.height)" }, limit: 3)
    if (first.width, first.height) == (last.width, last.height) { return all }
    return "\(all); from \(first.width) x \(first.height) to \(last.width) x \(last.height)"
  }

  /// How often each word occurs, the most common first.
  private func tally(_ words: [String], limit: Int = .max) -> String {
    let counts = Dictionary(grouping: words) { $0 }.mapValues(\.count)
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if counts.isEmpty { return "none" }
    let rest = counts.count > limit ? ", \(counted(counts.count - limit, "other"))" : ""
    return counts.prefix(limit).map { "\($0.key) (\($0.value))" }.joined(separator: ", ") + rest
  }

  private func groups(_ groups: [[Int]]) -> [String] {
    groups.map { group in group.map { inspection.photos[$0].path }.joined(separator: " = ") }
  }

  /// A heading with the number of lines, and the first of them.
  private func section(_ heading: String, _ lines: [String]) -> String {
    let shown = lines.prefix(listLimit).map { "  \($0.withoutControls)" }
    let rest = lines.count > listLimit ? ["  and \(lines.count - listLimit) more\(hint)"] : []
    return (["\(heading): \(lines.isEmpty ? "none" : "\(lines.count)")"] + shown + rest).joined(separator: "\n")
  }
}
