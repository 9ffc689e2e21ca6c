import Distributed
import Foundation
import Tensor

/// What one process does in a test of `DistributedTests`, which `mpirun` starts several times. Each prints lines that the test
/// compares.
@main
enum DistributedProbe {
  static func main() {
    do {
      let scenario = CommandLine.arguments.dropFirst().first ?? ""
      // Short where a rank does not come; long enough for a busy machine elsewhere.
      let group = try Distributed.start(patience: ["busy", "astray", "stopped", "cut"].contains(scenario) ? 5 : 300)
      try run(scenario, group)
    } catch {
      print("error: \(error)")
      exit(3)
    }
  }

  private static func run(_ scenario: String, _ group: ProcessGroup) throws {
    switch scenario {
    case "identity":
      say(group, "\(group.size) ranks on \(Set(group.hosts).count) host, \(group.host == group.hosts[group.rank])")
    case "collectives": try collectives(group)
    case "large": try large(group)
    case "agreement": try group.requireAgreement(group.rank == 1 ? "b" : "a", on: "letters")
    case "together":
      try group.together { if group.rank == 2 { throw ProbeError(description: "no such file") } }
    case "busy":
      // One rank does something alone for longer than the others wait for one that is silent.
      if group.rank == 1 { sleep(12) }
      try group.barrier()
      say(group, "here")
    case "astray":
      // One rank waits for another operation than the others.
      if group.rank == 1 {
        try group.beginSum(UnsafeMutableBufferPointer<Float>.allocate(capacity: 1)).wait()
      } else {
        try group.barrier()
      }
    case "stopped":
      if group.rank == 1 { raise(SIGSTOP) }
      try group.barrier()
    case "cut":
      // Takes the link of its host down, which is one of `Scripts/with-hosts`.
      if group.rank == 1 { try cutLink() }
      // What was sent before the cut may still arrive, so a rank may come through the first one.
      try group.barrier()
      try group.barrier()
    case "killed":
      if group.rank == 1 { raise(SIGKILL) }
      try group.barrier()
    case "leaving":
      try Distributed.leave()
      say(group, "done")
      if group.rank == 1 { exit(1) }
    case "failing":
      if group.rank == 0 { throw ProbeError(description: "this rank has failed") }
      try group.barrier()
    default: throw ProbeError(description: "no scenario \(scenario)")
    }
  }

  private static func cutLink() throws {
    let ip = Process()
    ip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    ip.arguments = ["ip", "link", "set", "eth0", "down"]
    try ip.run()
    ip.waitUntilExit()
  }

  private static func collectives(_ group: ProcessGroup) throws {
    let rank = Float(group.rank)
    let own = Tensor<Float>(shape: [2, 2], scalars: [rank, 1, 1 - rank, 0.5])
    // A view that is not contiguous.
    let transposed = own.permuted([1, 0])
    for (name, reduction) in [("sum", Reduction.sum), ("maximum", .maximum), ("minimum", .minimum)] {
      say(group, "\(name) \(try group.allReduce(transposed, reduction).scalars)")
    }
    say(group, "doubles \(try group.allReduce(Tensor<Double>([0.1 * Double(group.rank)])).scalars)")
    say(group, "integers \(try group.allReduce(Tensor<Int32>([Int32(group.rank), 1])).scalars)")
    say(group, "empty \(try group.allReduce(Tensor<Float>(zeros: [0, 3])).shape)")
    say(group, "broadcast \(try group.broadcast(own, from: 2).scalars)")
    say(group, "bytes \(try group.broadcast([UInt8](repeating: UInt8(group.rank), count: 3 + group.rank), from: 1))")
    // Rank 0 has no rows, rank 1 has one, rank 2 has two.
    let rows = Tensor<Float>(repeating: rank, shape: [group.rank, 2])
    let gathered = try group.allGather(rows)
    say(group, "rows \(gathered.shape) \(gathered.scalars)")
    say(group, "texts \(try group.allGather(Array("r\(group.rank)".utf8)).map { String(decoding: $0, as: UTF8.self) })")
    // Longer than the first packet.
    let long = [UInt8](repeating: UInt8(group.rank), count: 5_000)
    say(group, "long \(try group.broadcast(long, from: 2) == [UInt8](repeating: 2, count: 5_000))")
    say(group, "none \(try group.broadcast([UInt8](), from: 1))")
    try backgroundSums(group)
    try exchanges(group)
    try group.barrier()
    try group.requireAgreement("same", on: "words")
    say(group, "together \(try group.together { group.size })")
    // The same bits on all ranks: sums of numbers that round.
    let thirds = try group.allReduce(Tensor<Float>((0..<1_000).map { 1 / Float(3 + group.rank * 7 + $0) }))
    say(group, "bits \(thirds.scalars.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1.bitPattern) })")
  }

  /// Two sums that go on while other operations run, and are waited for in another order than they began.
  private static func backgroundSums(_ group: ProcessGroup) throws {
    let first = UnsafeMutableBufferPointer<Float>.allocate(capacity: 100_000)
    let second = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3)
    defer {
      first.deallocate()
      second.deallocate()
    }
    first.initialize(repeating: Float(group.rank + 1))
    second.initialize(repeating: Float(group.rank))
    let sums = [try group.beginSum(first), try group.beginSum(second)]
    _ = try sums[0].advance()
    _ = try group.allGather([UInt8(group.rank)])
    try sums[1].wait()
    try sums[0].wait()
    say(group, "sums \(first.allSatisfy { $0 == 6 }) \(Array(second))")
  }

  /// Two exchanges of pieces of any length, each of which is followed by one back. What comes first is followed first.
  private static func exchanges(_ group: ProcessGroup, scale: Int = 1) throws {
    let results = try (0..<2).map { number in
      let exchange = RoundTrip(group, number, scale: scale)
      return (exchange, try exchange.begin())
    }
    for (exchange, pending) in results {
      try pending.wait()
      say(group, "exchange \(try exchange.end())")
    }
  }

  /// More elements than a message of MPI sends at once without a rendezvous.
  private static func large(_ group: ProcessGroup) throws {
    let sum = try group.allReduce(Tensor<Float>(repeating: 1, shape: [3_000_001]))
    for _ in 0..<5 { try exchanges(group, scale: 100_003) }
    say(group, "large \(sum.scalars.allSatisfy { $0 == Float(group.size) })")
  }

  private static func say(_ group: ProcessGroup, _ text: String) {
    print("\(group.rank): \(text)")
  }
}

struct ProbeError: Error, CustomStringConvertible {
  let description: String
}
