/// Where addresses of pictures come from, one after the other, always in the same order.
package protocol CandidateSource {
  /// The classes, in the order in which they come.
  var classNames: [String] { get }
  /// Classes of which something went wrong that is not about a single picture, and what.
  var problems: [String] { get }
  /// The class that the next picture most likely belongs to; nil at the end.
  var upcomingClass: String? { get }

  /// Gives the next picture that was not judged yet; nil when there are no more.
  ///
  /// - Parameters:
  ///   - ledger: what was found out already; takes what is found out now.
  ///   - isFull: whether no more pictures of a class are wanted.
  /// - Throws: ``CollectorError``, `CancellationError`.
  mutating func next(_ ledger: Ledger, isFull: (String) -> Bool) async throws -> Candidate?
}
