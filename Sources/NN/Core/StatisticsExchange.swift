/// Brings together what several processes know of one batch, of which each holds a part.
package protocol StatisticsExchange: AnyObject {
  /// The numbers of each process, in the same order on all of them. Called by all of them in the same places.
  func gather(_ own: [Double]) -> [[Double]]
}
