import ArgumentParser
import Kilim

extension NamedNetwork {
  /// The published weights that a user names; without a name the first ones that a file can hold.
  ///
  /// If they are chosen without a name, and others want other photos, a note says which they are.
  ///
  /// - Parameter fitting: the weights that the file can hold, by the names of its tensors; `nil` where all can be.
  /// - Throws: `ValidationError` that lists the names, if there are no such weights.
  func publishedWeights(_ name: String?, fitting: [PublishedWeights]? = nil) throws -> PublishedWeights {
    let known = weights
    let names = known.map { "\($0.name) (\($0.origin.rawValue))" }.joined(separator: ", ")
    if let name {
      guard let found = known.first(where: { $0.name == name || $0.origin.rawValue == name }) else {
        throw ValidationError("--weights \"\(name)\" is not known for \(self.name); expected one of \(names)")
      }
      return found
    }
    let chosen = fitting ?? known
    let first = chosen[0]
    let others = chosen.dropFirst().contains { ($0.cropShare, $0.filter) != (first.cropShare, first.filter) }
    if first.origin == .torchvision, others {
      Console.note(
        "photos become inputs as for \(first.name) of \(first.origin.rawValue); --weights chooses others: \(names)")
    }
    return first
  }
}
