import Serialization

extension Table {
  /// Photos with one class each.
  ///
  /// - Parameters:
  ///   - path: the column of the photos' files. A path that does not begin with `/` is relative to `folder`.
  ///   - label: the column of the class names. White space around a name is left out.
  ///   - classes: all classes in the order of the outputs; by default the names that occur, sorted.
  ///   - folder: the folder of the photos; by default that of the table. Paths must not lead out of it with `..`; symbolic links
  ///     are followed.
  /// - Throws: ``TableError`` at a path or a name that cannot be used, with line and column. Files that are missing are
  ///   found when the photos are read, as in a folder.
  public func photos(
    path: String, label: String, classes: [String]? = nil, in folder: String? = nil
  ) throws -> TablePhotos<String> {
    try TablePhotos(self, path, in: folder, names(label), targetNames: classes, targetColumn: label)
  }

  /// Photos with any number of classes each: names in one column.
  ///
  /// - Parameters:
  ///   - path: the column of the photos' files, as in ``photos(path:label:classes:in:)``.
  ///   - labels: the column of the class names.
  ///   - separator: between the names in a field. An empty field stands for no class. White space around a name is left out.
  ///   - classes: all classes in the order of the outputs; by default the names that occur, sorted.
  ///   - folder: the folder of the photos; by default that of the table.
  /// - Throws: ``TableError`` at a path that cannot be used, with line and column.
  public func photos(
    path: String, labels: String, separator: Character, classes: [String]? = nil, in folder: String? = nil
  ) throws -> TablePhotos<[String]> {
    let fields = try column(labels)
    let lists = fields.map { field in field.split(separator: separator).map(\.trimmed).filter { !$0.isEmpty } }
    let hint =
      "\(self.path): no field of the column \"\(labels.withoutControls)\" contains the separator \"\(separator)\", so no "
      + "photo has several classes"
    return try TablePhotos(
      self, path, in: folder, lists, targetNames: classes, targetColumn: labels,
      hints: fields.contains { $0.contains(separator) } ? [] : [hint])
  }

  /// Photos with any number of classes each: a column of 0 and 1 for each class.
  ///
  /// - Throws: ``TableError`` at a path that cannot be used, or a field that is neither 0 nor 1.
  public func photos(
    path: String, indicators: [String], in folder: String? = nil
  ) throws -> TablePhotos<[String]> {
    let rows = try numbers(indicators)
    for (row, values) in rows.enumerated() {
      for (index, value) in values.enumerated() where value != 0 && value != 1 {
        throw try error(row, indicators[index], found: "\(value)", expected: "0 or 1")
      }
    }
    let lists = rows.map { values in zip(indicators, values).filter { $0.1 == 1 }.map(\.0) }
    return try TablePhotos(self, path, in: folder, lists, targetNames: indicators)
  }

  /// Photos with one number each: regression.
  ///
  /// - Throws: ``TableError`` at a path or a number that cannot be used, with line and column.
  public func photos(path: String, number: String, in folder: String? = nil) throws -> TablePhotos<Float> {
    try TablePhotos(
      self, path, in: folder, numbers([number]).map { $0[0] }, targetNames: [number], hints: roundingHints([number]))
  }

  /// Photos with several numbers each.
  ///
  /// - Throws: ``TableError`` at a path or a number that cannot be used, with line and column.
  public func photos(path: String, numbers: [String], in folder: String? = nil) throws -> TablePhotos<[Float]> {
    guard !numbers.isEmpty else {
      throw TableError(path: self.path, found: "no columns of numbers", expected: "at least one")
    }
    return try TablePhotos(
      self, path, in: folder, self.numbers(numbers), targetNames: numbers, hints: roundingHints(numbers))
  }

  /// Photos of which nothing is known.
  ///
  /// - Throws: ``TableError`` at a path that cannot be used, with line and column.
  public func photos(path: String, in folder: String? = nil) throws -> TablePhotos<NoTarget> {
    try TablePhotos(self, path, in: folder, [NoTarget](repeating: NoTarget(), count: rowCount))
  }

  /// Rows of numbers with one class each.
  ///
  /// - Throws: ``TableError`` at a number or a name that cannot be used, with line and column.
  public func rows(
    numbers: [String], label: String, classes: [String]? = nil
  ) throws -> Examples<[Float], String> {
    try Examples(self.numbers(numbers), names(label), targetNames: classes)
  }

  /// Rows of numbers with one number to predict for each.
  ///
  /// - Throws: ``TableError`` at a number that cannot be used, with line and column.
  public func rows(numbers: [String], number: String) throws -> Examples<[Float], Float> {
    try Examples(self.numbers(numbers), self.numbers([number]).map { $0[0] }, targetNames: [number])
  }

  /// The numbers in some columns, row by row, in single precision: about seven digits.
  ///
  /// - Throws: ``TableError`` at a field that is not a finite decimal number, with line and column.
  public func numbers(_ names: [String]) throws -> [[Float]] {
    var rows = [[Float]](repeating: [], count: rowCount)
    for name in names {
      for (row, field) in try column(name).enumerated() {
        let text = field.trimmed
        // Swift reads hexadecimal numbers too.
        guard text.utf8.allSatisfy("0123456789+-.eE".utf8.contains), let value = Float(text), value.isFinite else {
          throw try error(row, name, found: "\"\(field.shortened)\"", expected: "a number")
        }
        rows[row].append(value)
      }
    }
    return rows
  }

  /// The numbers in a column as weights of the rows: how much each counts in the loss.
  ///
  /// - Throws: ``TableError`` at a field that is not a finite decimal number of at least 0, with line and column.
  public func weights(_ name: String) throws -> [Float] {
    let weights = try numbers([name]).map { $0[0] }
    if let row = weights.firstIndex(where: { $0 < 0 }) {
      throw try error(row, name, found: "\(weights[row])", expected: "a weight of at least 0")
    }
    return weights
  }

  /// The columns whose numbers are rounded so much that they are hardly told apart, in words.
  private func roundingHints(_ names: [String]) throws -> [String] {
    try names.compactMap { name in
      let values = try column(name).compactMap { Double($0.trimmed) }
      guard let least = values.min(), let most = values.max(), most > least,
        let worst = values.max(by: { roundingError($0) < roundingError($1) }),
        roundingError(worst) > 1e-4 * (most - least)
      else { return nil }
      return "\(path): the numbers of the column \"\(name.withoutControls)\" differ little for their size, and are "
        + "rounded to about seven digits, \(worst) to \(Double(Float(worst))); subtract the least of them, \(least), from all "
        + "in the table"
    }
  }

  private func roundingError(_ value: Double) -> Double { abs(Double(Float(value)) - value) }

  /// Throws if a column of JSON lines has a list, where there must be one text.
  func checkHasNoLists(_ name: String) throws {
    guard let row = (self as? JSONLines)?.firstList(name) else { return }
    throw try error(row, name, found: "a list", expected: "a single text")
  }

  /// The class that all rows have; `nil` if there are several, or no rows.
  ///
  /// - Throws: ``TableError`` at a name that cannot be used, with line and column.
  package func onlyClass(_ label: String) throws -> String? {
    let names = try names(label)
    guard let first = names.first.map(ExactText.init), names.allSatisfy({ ExactText($0) == first }) else { return nil }
    return first.text
  }

  private func names(_ name: String) throws -> [String] {
    try checkHasNoLists(name)
    let fields = try column(name)
    let names = fields.map(\.trimmed)
    if let row = names.firstIndex(of: "") {
      throw try error(
        row, name, found: fields[row].isEmpty ? "an empty field" : "a field of white space", expected: "a class name")
    }
    return names
  }

  private func error(_ row: Int, _ column: String, found: String, expected: String) throws -> TableError {
    TableError(
      path: path, line: line(ofRow: row), column: try position(of: column) + 1, found: found, expected: expected)
  }
}

extension StringProtocol {
  /// The beginning of the text, for messages.
  var shortened: String {
    let text = String(prefix(60)).withoutControls
    return count > 60 ? text + "…" : text
  }
}
