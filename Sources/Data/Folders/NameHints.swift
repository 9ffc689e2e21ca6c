import Serialization

/// Names of classes that are likely a mistake, in words: they contain a line break, or differ only in case, in spaces (a no-break
/// space looks like any other), in invisible characters, or in how accents are written.
package func nameHints(_ classes: [String]) -> [String] {
  let broken = classes.filter { $0.contains(where: \.isNewline) }.map { name in
    "the name of the class \"\(name.shortened)\" contains a line break; in a table, a quote may not be closed"
  }
  // Swift compares texts without regard to the composition of accents.
  let alike = Dictionary(grouping: classes, by: \.withoutFineDifferences).values.filter { $0.count > 1 }
    .map { $0.sorted { ExactText($0) < ExactText($1) } }
  return broken
    + alike.sorted { ExactText($0[0]) < ExactText($1[0]) }.map { names in
      let quoted = names.map { "\"\($0.withoutControls)\"" }
      return "the classes \(shortList(quoted)) differ only in case, spaces, invisible characters or the composition of "
        + "letters; if they are one class, give it one name"
    }
}

extension String {
  /// The text in lower case, with single spaces and without invisible characters.
  var withoutFineDifferences: String {
    var visible = String.UnicodeScalarView()
    for scalar in lowercased().unicodeScalars where scalar.properties.generalCategory != .format {
      visible.append(scalar)
    }
    return String(visible).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
