/// The numbers from 0 on in sets, which are joined step by step (Tarjan 1975, "Efficiency of a Good But Not Linear Set Union
/// Algorithm").
struct DisjointSets {
  /// For each number, a smaller one of its set, or itself if it is the first.
  private var parents: [Int]

  /// Each number is a set of its own.
  init(count: Int) {
    parents = Array(0..<count)
  }

  /// The first number of the set.
  mutating func first(of number: Int) -> Int {
    var number = number
    while parents[number] != number {
      parents[number] = parents[parents[number]]
      number = parents[number]
    }
    return number
  }

  /// Joins the sets of all numbers that have the same label.
  mutating func join(by labels: [Int]) {
    var seen: [Int: Int] = [:]
    for (number, label) in labels.enumerated() {
      guard let other = seen[label] else {
        seen[label] = number
        continue
      }
      let (one, two) = (first(of: other), first(of: number))
      parents[max(one, two)] = min(one, two)
    }
  }
}
