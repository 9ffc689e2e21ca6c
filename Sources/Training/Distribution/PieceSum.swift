import Tensor

/// Adds up the gradients of all ranks in two exchanges: rank r adds up the r-th piece of all ranks, in their order, and sends its
/// sum to all.
///
/// Each rank sends 2 (R - 1) / R of the values, the least that is possible, and the sums have the same bits on all ranks, whenever
/// the pieces come.
///
/// **Half precision.** With ``Distribution/GradientPrecision/bfloat16``, numbers are rounded before each of the two
/// exchanges. What rounding takes away (the feedback) is kept and added to the number of the next step that takes the
/// same way (Seide et al. 2014, "1-Bit Stochastic Gradient Descent"; Karimireddy et al. 2019, "Error Feedback Fixes
/// SignSGD"), on the way back too (Tang et al. 2019, "DoubleSqueeze"). So over many steps nothing is lost, while small
/// gradients that rounding swallows add up. A rank keeps one number for each value: for those of its own piece what the
/// second rounding took, as it does not round them before. The feedback of a number waits while its gradient is exactly
/// 0, as that of a parameter that a step does not use.
///
/// `@unchecked Sendable` since the program leaves it alone while an exchange goes on.
final class PieceSum: @unchecked Sendable {
  /// What is summed up, in place.
  let values: UnsafeMutableBufferPointer<Float>
  /// What rounding took; empty in full precision.
  let feedback: UnsafeMutableBufferPointer<Float>
  private let group: any TrainingGroup
  /// The piece of each rank.
  private let pieces: [Range<Int>]
  /// The own piece as each rank sends it, rank by rank.
  private let incoming: UnsafeMutableRawBufferPointer
  /// The sums of a stretch of the own piece.
  private let sum = UnsafeMutablePointer<Float>.allocate(capacity: stretch)
  private static let stretch = 4_096
  /// The rounded values; empty in full precision.
  private let rounded: UnsafeMutableBufferPointer<BFloat16>
  private var there: (any PendingExchange)?
  private var back: (any PendingExchange)?

  /// - Parameters:
  ///   - count: the number of values.
  ///   - exact: how many of them at the end are small whole numbers, which need no feedback.
  init(count: Int, exact: Int, precision: Distribution.GradientPrecision, group: any TrainingGroup) {
    self.group = group
    let isRounded = precision == .bfloat16 && group.size > 1
    pieces = (0..<group.size).map { count * $0 / group.size..<count * ($0 + 1) / group.size }
    values = .allocate(capacity: count)
    feedback = .allocate(capacity: isRounded ? count - exact : 0)
    rounded = .allocate(capacity: isRounded ? count : 0)
    incoming = .allocate(
      byteCount: group.size * pieces[group.rank].count * (isRounded ? 2 : 4), alignment: MemoryLayout<Float>.alignment)
    sum.initialize(repeating: 0, count: Self.stretch)
    values.initialize(repeating: 0)
    feedback.initialize(repeating: 0)
    rounded.initialize(repeating: BFloat16(0))
    incoming.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    sum.deallocate()
    values.deallocate()
    feedback.deallocate()
    rounded.deallocate()
    incoming.deallocate()
  }

  private var isRounded: Bool { !rounded.isEmpty }
  private var width: Int { isRounded ? MemoryLayout<BFloat16>.size : MemoryLayout<Float>.size }
  private var own: Range<Int> { pieces[group.rank] }

  /// Begins the sum. The values must stay as they are until it is done.
  func begin() throws {
    (there, back) = (nil, nil)
    guard group.size > 1 else { return }
    if isRounded { round() }
    let ranges = bytes(of: pieces)
    let exchanged = ExchangedPieces(
      source: sent, sent: ranges.indices.map { $0 == group.rank ? 0..<0 : ranges[$0] }, target: incoming,
      received: ranges.indices.map { rank in
        rank == group.rank ? 0..<0 : rank * own.count * width..<(rank + 1) * own.count * width
      })
    there = try group.beginExchange(exchanged, isReturn: false) { [self] in
      addUp()
      back = try beginReturn()
    }
  }

  private func beginReturn() throws -> any PendingExchange {
    let ranges = bytes(of: pieces)
    let exchanged = ExchangedPieces(
      source: UnsafeRawBufferPointer(sent),
      sent: ranges.indices.map { $0 == group.rank ? 0..<0 : ranges[group.rank] },
      target: UnsafeMutableRawBufferPointer(mutating: sent),
      received: ranges.indices.map { $0 == group.rank ? 0..<0 : ranges[$0] })
    return try group.beginExchange(exchanged, isReturn: true) { [self] in if isRounded { unpack() } }
  }

  /// What travels.
  private var sent: UnsafeRawBufferPointer {
    isRounded ? UnsafeRawBufferPointer(rounded) : UnsafeRawBufferPointer(values)
  }

  private func bytes(of ranges: [Range<Int>]) -> [Range<Int>] {
    ranges.map { $0.lowerBound * width..<$0.upperBound * width }
  }
}

extension PieceSum: PendingExchange {
  func advance() throws -> Bool {
    guard let there else { return true }
    guard try there.advance() else { return false }
    return try back?.advance() ?? true
  }

  func wait() throws {
    try there?.wait()
    try back?.wait()
  }
}

extension PieceSum {
  /// Rounds the values, except those of the own piece, with what rounding took before.
  private func round() {
    guard let values = values.baseAddress, let rounded = rounded.baseAddress else { return }
    let (own, feedback) = (own, feedback)
    for part in [0..<own.lowerBound, own.upperBound..<self.values.count] {
      parallelFor(count: part.count, grain: 1 << 16) { range in
        let range = part.lowerBound + range.lowerBound..<part.lowerBound + range.upperBound
        Self.round(values, feedback, into: rounded, range)
      }
    }
  }

  /// Rounds some values with their feedback, which becomes what rounding takes.
  private static func round(
    _ values: UnsafeMutablePointer<Float>, _ feedback: UnsafeMutableBufferPointer<Float>,
    into rounded: UnsafeMutablePointer<BFloat16>, _ range: Range<Int>
  ) {
    let end = min(range.upperBound, feedback.count)
    if let feedback = feedback.baseAddress, range.lowerBound < end {
      for place in range.lowerBound..<end {
        let value = values[place]
        let whole = value == 0 ? 0 : value + feedback[place]
        let near = BFloat16(whole)
        let rest = whole - near.value
        rounded[place] = near
        // What is not finite must not stay for ever.
        feedback[place] = value == 0 ? feedback[place] : rest.isFinite ? rest : 0
      }
    }
    for place in max(range.lowerBound, end)..<max(range.upperBound, end) { rounded[place] = BFloat16(values[place]) }
  }

  /// Adds up the own piece of all ranks, and rounds the sum. One thread does it, since the others may be computing.
  private func addUp() {
    parallelFor(chunks: 1) { _ in
      guard let values = values.baseAddress, let incoming = incoming.baseAddress, !own.isEmpty else { return }
      // A stretch at a time, which stays in the cache.
      for first in stride(from: own.lowerBound, to: own.upperBound, by: Self.stretch) {
        let count = min(Self.stretch, own.upperBound - first)
        sum.update(repeating: 0, count: count)
        for rank in pieces.indices {
          let offset = rank * own.count + first - own.lowerBound
          if rank == group.rank {
            Self.add(values + first, to: sum, count)
          } else if isRounded {
            let source = (incoming + 2 * offset).assumingMemoryBound(to: BFloat16.self)
            for place in 0..<count { sum[place] += source[place].value }
          } else {
            Self.add((incoming + 4 * offset).assumingMemoryBound(to: Float.self), to: sum, count)
          }
        }
        (values + first).update(from: sum, count: count)
      }
      guard let rounded = rounded.baseAddress, isRounded else { return }
      Self.round(values, feedback, into: rounded, own)
      for place in own { values[place] = rounded[place].value }
    }
  }

  private static func add(_ values: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>, _ count: Int) {
    for place in 0..<count { sum[place] += values[place] }
  }

  /// Makes values of the rounded sums of the other ranks.
  private func unpack() {
    parallelFor(chunks: 1) { _ in
      for rank in pieces.indices where rank != group.rank {
        for place in pieces[rank] { values[place] = rounded[place].value }
      }
    }
  }
}
