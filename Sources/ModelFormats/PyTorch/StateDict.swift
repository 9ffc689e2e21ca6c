import Serialization

/// The state dict in the content of a file: a dictionary with tensors.
struct StateDict {
  /// The tensors in their order, by their index in the heap.
  private(set) var entries: [(name: String, tensor: Int)] = []
  /// The names that lead to the dictionary, joined by dots; empty for the whole content.
  private(set) var key = ""
  /// The names of what is not read.
  private(set) var skipped: [String] = []

  /// What programs call the state dict in a checkpoint; the first one counts.
  private static let usualNames = [
    "state_dict", "model_state_dict", "model", "module", "net", "network", "weights", "params",
  ]
  /// How many dictionaries may stand in each other.
  private static let largestDepth = 4

  private let heap: PickleHeap
  private let path: String

  /// Finds the state dict.
  ///
  /// - Parameter key: the names that lead to it; `nil` to look for it.
  /// - Throws: `ModelFileError` if there is none, or if there are several.
  init(in root: PickleValue, _ heap: PickleHeap, key: String?, path: String) throws {
    (self.heap, self.path) = (heap, path)
    guard case .dictionary(var index) = root else {
      throw error(.unsupported(found: "\(root)", expected: "a state dict, a dictionary with the names of tensors"))
    }
    if let key {
      for name in key.split(separator: ".").map(String.init) {
        guard case .dictionary(let inner)? = heap.value(name, inDictionary: index) else {
          throw error(
            .mismatch(found: names(in: index), expected: "a dictionary \(name) in \(place), as the key \(key) says"))
        }
        descend(to: inner, name, from: index)
        index = inner
      }
    } else {
      for _ in 0..<Self.largestDepth {
        guard let (name, inner) = try inner(of: index) else { break }
        descend(to: inner, name, from: index)
        index = inner
      }
    }
    try readEntries(of: index)
  }

  /// The dictionary in a checkpoint that holds the state dict; `nil` if this one is it.
  private func inner(of index: Int) throws -> (name: String, index: Int)? {
    let inner = heap.dictionaries[index].compactMap { key, value -> (name: String, index: Int)? in
      guard case .text(let name) = key, case .dictionary(let index) = value else { return nil }
      return (name, index)
    }
    if let usual = Self.usualNames.lazy.compactMap({ name in inner.first { $0.name == name } })
      .first(where: { holdsTensors($0.index, depth: 0) })
    {
      return usual
    }
    if holdsTensors(index) { return nil }
    let candidates = inner.filter { holdsTensors($0.index, depth: 0) }
    guard candidates.count < 2 else {
      throw error(
        .unsupported(
          found: "the state dicts \(candidates.prefix(10).map(\.name).joined(separator: ", "))",
          expected: "one; name it by key:"))
    }
    return candidates.first
  }

  private func holdsTensors(_ index: Int) -> Bool {
    heap.dictionaries[index].contains { if case .tensor = $0.value { true } else { false } }
  }

  /// Whether a dictionary holds tensors, or another one with tensors under a usual name.
  private func holdsTensors(_ index: Int, depth: Int) -> Bool {
    holdsTensors(index)
      || depth < 2
        && Self.usualNames.contains { name in
          guard case .dictionary(let inner)? = heap.value(name, inDictionary: index) else { return false }
          return holdsTensors(inner, depth: depth + 1)
        }
  }

  private mutating func descend(to inner: Int, _ name: String, from index: Int) {
    skipped += heap.dictionaries[index].compactMap { key, _ in
      let other = text(key)
      return other == name ? nil : joined(key: self.key, other)
    }
    key = joined(key: key, name)
  }

  private mutating func readEntries(of index: Int) throws {
    var seen: Set<ExactText> = []
    for (key, value) in heap.dictionaries[index] {
      guard case .text(let name) = key, case .tensor(let tensor) = value else {
        skipped.append(joined(key: self.key, text(key)))
        continue
      }
      guard seen.insert(ExactText(name)).inserted else {
        throw error(.damaged("two entries are called \(name)"))
      }
      entries.append((name, tensor))
    }
    guard !entries.isEmpty else {
      throw error(.unsupported(found: names(in: index), expected: "a state dict, with the names of tensors"))
    }
  }

  private func joined(key: String, _ name: String) -> String { key.isEmpty ? name : "\(key).\(name)" }

  private func text(_ key: PickleValue) -> String {
    switch key {
    case .text(let name): name
    case .integer(let number): "\(number)"
    default: "\(key)"
    }
  }

  private func names(in index: Int) -> String {
    let names = heap.dictionaries[index].prefix(10).map { text($0.key) }
    return names.isEmpty ? "an empty dictionary" : "a dictionary of \(names.joined(separator: ", "))"
  }

  private var place: String { key.isEmpty ? "the file" : key }

  private func error(_ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(path: path, place: key.isEmpty ? "content" : key, problem: problem)
  }
}
