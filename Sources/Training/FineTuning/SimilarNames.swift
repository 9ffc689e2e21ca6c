/// The names that a user may have meant, the most similar first: those with the fewest insertions, deletions and
/// replacements of characters (Levenshtein 1966) between the name and their own beginning.
///
/// Cost: the product of the lengths for each name.
func similarNames(to name: String, in names: [String], limit: Int = 5) -> [String] {
  let wanted = Array(name.lowercased().prefix(100))
  let found = names.map { (name: $0, distance: distance(from: wanted, toBeginningOf: $0)) }
  let near = found.enumerated().filter { 2 * $0.element.distance <= wanted.count }
  return near.sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }.prefix(limit)
    .map(\.element.name)
}

/// The smallest distance between a text and any beginning of another one.
private func distance(from text: [Character], toBeginningOf name: String) -> Int {
  var row = Array(0...text.count)
  var smallest = row[text.count]
  for (number, character) in name.lowercased().prefix(text.count + 3).enumerated() {
    var next = [number + 1]
    for (index, other) in text.enumerated() {
      next.append(min(row[index] + (character == other ? 0 : 1), row[index + 1] + 1, next[index] + 1))
    }
    row = next
    smallest = min(smallest, row[text.count])
  }
  return smallest
}
