/// A source of addresses of pictures. It gives them one after the other, always in the same order.
package protocol CandidateSource {
  /// The classes in their order.
  var classNames: [String] { get }
  /// Failures of whole classes, such as a list that cannot be read, as sentences.
  var problems: [String] { get }
  /// The class that the next picture most likely belongs to; nil at the end.
  var upcomingClass: String? { get }

  /// Returns the next picture that is not known yet; nil when there are no more.
  ///
  /// - Parameters:
  ///   - ledger: knows the pictures of earlier runs, and records what this run finds.
  ///   - isFull: whether no more pictures of a class are wanted. It may read the state of `ledger`.
  /// - Throws: ``CollectorError``, `CancellationError`.
  mutating func next(_ ledger: Ledger, isFull: (String) -> Bool) async throws -> Candidate?
}
