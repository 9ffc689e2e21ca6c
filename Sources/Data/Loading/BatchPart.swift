/// The part of each batch that one of several processes computes.
package struct BatchPart: Hashable, Sendable {
  /// The number of the part, from 0.
  package let index: Int
  /// The number of parts.
  package let count: Int

  /// Makes part `index` of `count`.
  package init(index: Int, count: Int) {
    (self.index, self.count) = (index, count)
  }

  /// All of each batch.
  package static let whole = BatchPart(index: 0, count: 1)

  /// The examples of the part, of so many in the batch: all parts are as large, or one smaller than others. May be empty.
  package func range(of examples: Int) -> Range<Int> {
    examples * index / count..<examples * (index + 1) / count
  }
}
