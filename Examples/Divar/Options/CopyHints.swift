import Kilim

// Photos that are there twice, found by the checksums that the training needs anyway. They are worth a warning, and no error.

extension ImageDataset {
  /// A warning of files with the same bytes that have different classes; `nil` if there are none.
  var warningOfCopiesInClasses: String? {
    guard let labels = classLabels, let checksums = try? contentChecksums() else { return nil }
    var first: [UInt64: Int] = [:]
    var copies: [(first: Int, second: Int)] = []
    for (example, checksum) in checksums.enumerated() {
      guard let known = first[checksum] else {
        first[checksum] = example
        continue
      }
      if labels[known] != labels[example] { copies.append((known, example)) }
    }
    guard let worst = copies.first else { return nil }
    return "\(counted(copies.count, "photo")) \(copies.count == 1 ? "has" : "have") the same bytes as one of another "
      + "class, first of all \(paths[worst.second]) and \(paths[worst.first]); divar inspect lists them"
  }

  /// A warning of photos with the same bytes as photos to train on; `nil` if there are none.
  ///
  /// - Parameter use: what these photos are for, such as `to test`.
  func warning(ofCopiesOf train: ImageDataset, _ use: String) -> String? {
    guard let own = try? contentChecksums(), let known = try? train.contentChecksums() else { return nil }
    let places = Dictionary(known.enumerated().map { ($1, $0) }) { first, _ in first }
    let copies = own.indices.filter { places[own[$0]] != nil }
    guard let worst = copies.first, let place = places[own[worst]] else { return nil }
    return "\(copies.count) of \(counted(count, "photo")) \(use) \(copies.count == 1 ? "is" : "are") also trained on, "
      + "first of all \(paths[worst]), which is \(train.paths[place]): the figures on them are too good"
  }
}
