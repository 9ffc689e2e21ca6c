import Distributed
import Tensor
import Testing

/// Several processes that `mpirun` starts. One at a time: each has threads of its own.
@Suite(.serialized, .enabled(if: ProbeRun.absence == nil, "\(ProbeRun.absence ?? "")"))
struct DistributedTests {
  @Test func ranksKnowEachOther() throws {
    let run = try ProbeRun("identity", ranks: 3)
    #expect(run.status == 0, "\(run.text)")
    for rank in 0..<3 { #expect(run.lines[rank] == ["3 ranks on 1 host, true"]) }
  }

  @Test func collectivesGiveAllRanksTheSame() throws {
    let run = try ProbeRun("collectives", ranks: 3)
    #expect(run.status == 0, "\(run.text)")
    let expected = [
      "sum [3.0, 0.0, 3.0, 1.5]", "maximum [2.0, 1.0, 1.0, 0.5]", "minimum [0.0, -1.0, 1.0, 0.5]",
      "doubles [\(0.1 + 0.2)]", "integers [3, 3]", "empty [0, 3]", "broadcast [2.0, 1.0, -1.0, 0.5]",
      "bytes [1, 1, 1, 1]", "rows [3, 2] [1.0, 1.0, 2.0, 2.0, 2.0, 2.0]", "texts [\"r0\", \"r1\", \"r2\"]",
      "long true", "none []", "sums true [3.0, 3.0, 3.0]",
      "exchange true", "exchange true", "together 3",
    ]
    for rank in 0..<3 {
      let lines = try #require(run.lines[rank])
      #expect(lines.prefix(expected.count).elementsEqual(expected), "\(lines)")
      #expect(lines.last == run.lines[0]?.last)
    }
    // Run after run, too.
    #expect(try ProbeRun("collectives", ranks: 3).lines == run.lines)
  }

  @Test func largeTensorsTravel() throws {
    let run = try ProbeRun("large", ranks: 2)
    let lines = Array(repeating: "exchange true", count: 10) + ["large true"]
    #expect(run.lines == [0: lines, 1: lines], "\(run.text)")
  }

  @Test func aDifferenceIsNamedOnAllRanks() throws {
    let run = try ProbeRun("agreement", ranks: 3)
    #expect(run.status != 0)
    #expect(run.text.contains("error: the ranks have different letters: a here, b on rank 1 ("), "\(run.text)")
  }

  /// A process that has left the group ends with any status, and the others go on.
  @Test func ranksLeaveTheGroup() throws {
    let run = try ProbeRun("leaving", ranks: 3)
    #expect(run.lines[1] == ["done"] && run.status == 1 && !run.text.contains("MPI_ABORT"), "\(run.text)")
  }

  @Test func theErrorOfOneRankReachesAll() throws {
    let run = try ProbeRun("together", ranks: 3)
    #expect(run.status != 0)
    #expect(run.text.contains("error: rank 2 on "), "\(run.text)")
    #expect(run.text.contains("has failed: no such file"), "\(run.text)")
  }

  /// The others wait for a rank that works alone, as long as it lives.
  @Test func aBusyRankIsWaitedFor() throws {
    let run = try ProbeRun("busy", ranks: 3)
    #expect(run.status == 0, "\(run.text)")
    for rank in 0..<3 { #expect(run.lines[rank] == ["here"]) }
  }

  /// A rank that does something else, is stopped, is killed or fails ends all of them, and none hangs.
  @Test(arguments: [
    ("astray", "which waits for something else"), ("stopped", "in a barrier for rank 1 on "),
    ("killed", "signal 9"),
    ("failing", "error: this rank has failed"),
  ])
  func noRankWaitsForever(scenario: String, words: String) throws {
    let run = try ProbeRun(scenario, ranks: 3)
    #expect(run.status != 0)
    #expect(run.text.contains(words), "\(run.text)")
  }
}

struct ScalingEstimateTests {
  /// 1,000,000 numbers over 1 Gbit/s: each of two ranks sends half of 4 MB twice, in 32 ms.
  @Test func gradientsTravelOnceThereAndOnceBack() {
    var estimate = ScalingEstimate(
      parameters: 1_000_000, stepSeconds: 0.03, bandwidth: 1e9, latency: 0, bucketSize: 1_000_000)
    #expect(estimate.exchangeSeconds(ranks: 1) == 0 && estimate.efficiency(ranks: 1) == 1)
    #expect(estimate.bucketCount == 4)
    #expect(abs(estimate.exchangeSeconds(ranks: 2) - 0.032) < 1e-9)
    // Two thirds of the step hide 20 of the 32 ms.
    #expect(abs(estimate.stepSeconds(ranks: 2) - 0.042) < 1e-9)
    estimate.bytesPerNumber = 2
    #expect(estimate.bucketCount == 4)
    #expect(abs(estimate.exchangeSeconds(ranks: 2) - 0.016) < 1e-9)
    // The last of the four buckets remains.
    #expect(abs(estimate.stepSeconds(ranks: 2) - 0.034) < 1e-9)
    estimate.latency = 1e-3
    #expect(abs(estimate.exchangeSeconds(ranks: 64) - (0.032 * 63 / 64 + 0.008)) < 1e-9)
  }
}

struct ProcessAloneTests {
  @Test func aProcessAloneNeedsNoMPI() throws {
    guard !Distributed.isStartedByMPI else { return }
    let group = try Distributed.start()
    #expect(group.rank == 0 && group.size == 1 && group.hosts.count == 1)
    let tensor = Tensor<Float>([1, 2])
    #expect(try group.allReduce(tensor).scalars == [1, 2])
    #expect(try group.broadcast(tensor).scalars == [1, 2])
    #expect(try group.broadcast([1, 2, 3]) == [1, 2, 3])
    #expect(try group.allGather(tensor).scalars == [1, 2])
    #expect(try group.allGather([7]) == [[7]])
    try group.barrier()
    try group.requireAgreement("a", on: "letters")
    #expect(try group.together { 5 } == 5)
  }
}
