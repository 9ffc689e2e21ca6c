import ArgumentParser
import Kilim

extension NamedNetwork {
  /// The published weights that a user names; the first ones without a name.
  ///
  /// If they are chosen without a name, and others want other photos, a note says which they are.
  ///
  /// - Throws: `ValidationError` that lists the names, if there are no such weights.
  func publishedWeights(_ name: String?) throws -> PublishedWeights {
    let known = weights
    let names = known.map { "\($0.name) (\($0.origin.rawValue))" }.joined(separator: ", ")
    if let name {
      guard let found = known.first(where: { $0.name == name || $0.origin.rawValue == name }) else {
        throw ValidationError("--weights \"\(name)\" is not known for \(self.name); expected one of \(names)")
      }
      return found
    }
    let first = known[0]
    let others = known.dropFirst().contains { ($0.cropShare, $0.filter) != (first.cropShare, first.filter) }
    if first.origin == .torchvision, others {
      Console.note(
        "photos become inputs as for \(first.name) of \(first.origin.rawValue); --weights chooses others: \(names)")
    }
    return first
  }
}
