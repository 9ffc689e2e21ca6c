import Tensor

/// Splits the examples `0..<labels.count` at random into two parts. Each class has about the same share in both parts.
///
/// ``trainTestSplit(stratifying:testSize:trainSize:seed:)`` follows scikit-learn and refuses small classes. This split
/// accepts every list of labels:
/// - The numbers of examples of each class are rounded by the largest remainder. A class of two or more groups has at
///   least one group in each part, if `heldOut` and the sizes of the groups allow it.
/// - The examples of a group stay in the same part. A class with a single group is not held out, unless `heldOut`
///   cannot be reached without it.
///
/// - Parameters:
///   - labels: the class of each example.
///   - groups: a number for each example; examples with the same number form a group, for example copies of a photo. By
///     default, each example is its own group. The class of a group is the class of its first example.
///   - heldOut: the number of examples to hold out, from 0 to `labels.count`. If the groups make this exact number
///     impossible, fewer are held out, but at least one group.
///   - seed: the same seed gives the same split.
/// - Returns: the numbers of the examples in both parts, each in ascending order.
package func stratifiedSplit(
  labels: [Int], groups: [Int]? = nil, heldOut: Int, seed: UInt64
) -> (kept: [Int], heldOut: [Int]) {
  require(
    (0...labels.count).contains(heldOut), "stratifiedSplit: \(heldOut) of \(labels.count) examples cannot be held out")
  require(
    groups.map { $0.count == labels.count } ?? true,
    "stratifiedSplit: found \(counted(groups?.count ?? 0, "group")) for \(counted(labels.count, "label"))")
  var generator = RandomGenerator(seed: seed, stream: 1 << 60)
  let classes = shuffledGroups(labels, groups, &generator)
  let shares = shares(of: heldOut, in: classes, &generator)
  var chosen: [Int] = []
  var (spare, last): ([[Int]], [[Int]]) = ([], [])
  for (groups, share) in zip(classes, shares) {
    var missing = share
    for group in groups.dropLast() {
      if group.count <= missing {
        chosen += group
        missing -= group.count
      } else {
        spare.append(group)
      }
    }
    last += groups.suffix(1)
  }
  // If a class cannot give its share because its groups are too large or too few, other classes give more.
  for group in spare + last where group.count <= heldOut - chosen.count { chosen += group }
  if chosen.isEmpty, heldOut > 0, let smallest = (spare + last).min(by: { $0.count < $1.count }) { chosen = smallest }
  let isHeldOut = Set(chosen)
  return (labels.indices.filter { !isHeldOut.contains($0) }, chosen.sorted())
}

/// The groups of each class. The classes are in ascending order, the groups of a class in random order.
private func shuffledGroups(_ labels: [Int], _ groups: [Int]?, _ generator: inout RandomGenerator) -> [[[Int]]] {
  var places: [Int: Int] = [:]
  var members: [[Int]] = []
  for example in labels.indices {
    let place = places[groups?[example] ?? example, default: members.count]
    if place == members.count {
      places[groups?[example] ?? example] = place
      members.append([])
    }
    members[place].append(example)
  }
  let classes = Dictionary(grouping: members) { labels[$0[0]] }.sorted { $0.key < $1.key }.map(\.value)
  return classes.map { groups in generator.permutation(of: groups.count).map { groups[$0] } }
}

/// How many of `total` examples each class gives: its exact share rounded down, plus one for the classes with the
/// largest remainders; at least one if `total` is large enough. A class with a single group gives none.
private func shares(of total: Int, in classes: [[[Int]]], _ generator: inout RandomGenerator) -> [Int] {
  let sizes = classes.map { $0.count < 2 ? 0 : $0.reduce(0) { $0 + $1.count } }
  let all = sizes.reduce(0, +)
  guard all > 0 else { return sizes }
  let exact = sizes.map { Double($0) * Double(min(total, all)) / Double(all) }
  var shares = exact.map { Int($0) }
  let remainders = exact.map { $0 - $0.rounded(.down) }
  // The sort is stable, so equal remainders keep their random order.
  let order = generator.permutation(of: sizes.count).sorted { remainders[$0] > remainders[$1] }
  for index in order.prefix(min(total, all) - shares.reduce(0, +)) { shares[index] += 1 }
  for index in sizes.indices where sizes[index] > 0 && shares[index] == 0 {
    guard let donor = shares.indices.max(by: { shares[$0] < shares[$1] }), shares[donor] > 1 else { break }
    shares[donor] -= 1
    shares[index] = 1
  }
  return shares
}
