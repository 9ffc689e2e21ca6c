import Serialization

/// Names of classes that are likely a mistake, in words: they contain a line break; they differ only in case, in spaces (a no-break
/// space looks like any other), in invisible characters, or in how accents are written; they are the same number in several
/// spellings; or they are what programs write in place of a missing value.
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
    } + numberHints(classes) + missingValueHints(classes)
}

/// Names that are one number: `1` and `1.0`, as one program writes them with and another one without decimals.
private func numberHints(_ classes: [String]) -> [String] {
  let numbers = classes.filter { $0.utf8.allSatisfy("0123456789+-.eE".utf8.contains) }
  return Dictionary(grouping: numbers) { Double($0) }.filter { $0.key != nil && $0.value.count > 1 }.values
    .map { $0.sorted { ExactText($0) < ExactText($1) } }.sorted { ExactText($0[0]) < ExactText($1[0]) }
    .map { names in
      "the classes \(shortList(names.map { "\"\($0)\"" })) are the same number; if they are one class, give it one name"
    }
}

private func missingValueHints(_ classes: [String]) -> [String] {
  let words = ["NA", "N/A", "#N/A", "<NA>", "NaN", "nan", "NULL", "null", "None"]
  guard classes.count > 1 else { return [] }
  return classes.filter(words.contains).map { name in
    "the class \"\(name)\" has the name that programs write in place of a missing value; if it is one, leave those examples out, "
      + "or give them their classes"
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
