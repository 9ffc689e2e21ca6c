import ArgumentParser
import Foundation
import Kilim

/// Options of `divar train` for several processes.
struct RankOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The number of processes (ranks) to train with. Each computes a part of every batch. Needs MPI (openmpi-bin). "
        + "The same as mpirun -n COUNT divar train.", valueName: "count"), transform: wholeNumber(from: 1, to: 4096))
  var ranks: Int?

  @Option(
    help: ArgumentHelp(
      "The machines to start processes on, and how many on each: a:2,b:2. They need the program and the photos in the same "
        + "folders, and ssh without a password.", valueName: "machines"), transform: nonEmpty)
  var hosts: String?

  @Flag(
    help: ArgumentHelp(
      "Normalize by the statistics of the whole batch, not of the part of each process, as a single process does."))
  var synchronizeStatistics = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Multiply the learning rate by the number of processes. The factor grows from 1 over this number of steps.",
      valueName: "steps"), transform: wholeNumber(from: 0, to: 1_000_000_000))
  var scaleLearningRate: Int?

  @OptionGroup var gradients: GradientOptions

  @Option(
    help: ArgumentHelp(
      "A file (.json) to write with what each process did in some of the first steps, for chrome://tracing.",
      valueName: "file"), transform: nonEmpty)
  var timeline: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How often to continue from the newest checkpoint when a process dies, is stopped or loses its connection. "
        + "(default: 0)", valueName: "count"), transform: wholeNumber(from: 0, to: 1_000_000))
  var retries = 0

  func validate() throws {
    if hosts != nil, ranks == nil {
      throw ValidationError("--hosts needs --ranks, the number of processes on all machines")
    }
    if retries > 0, ranks == nil { throw ValidationError("--retries needs --ranks") }
    guard ranks == nil, !Distributed.isStartedByMPI else { return }
    let given = [
      ("--timeline", timeline != nil), ("--scale-learning-rate", scaleLearningRate != nil),
      ("--synchronize-statistics", synchronizeStatistics),
      ("--gradient-precision", gradients.gradientPrecision != .float32),
    ]
    if let option = given.first(where: \.1)?.0 {
      throw ValidationError("\(option) needs --ranks: it is for several processes")
    }
  }

  /// What starts the processes; `nil` if they run already, or there is one.
  var launch: RankLaunch? {
    guard let ranks, !Distributed.isStartedByMPI else { return nil }
    return RankLaunch(ranks: ranks, hosts: hosts, retries: retries)
  }

  /// The processes that share the training; `nil` for one alone.
  func distribution() throws -> Distribution? {
    guard Distributed.isStartedByMPI else { return nil }
    var distribution = try Distribution.dataParallel(
      batchStatistics: synchronizeStatistics ? .ofAllRanks : .ofEachRank,
      learningRateScaling: scaleLearningRate.map { Distribution.LearningRateScaling(warmUpSteps: $0) },
      gradientPrecision: gradients.gradientPrecision)
    distribution.timeline = timeline
    return distribution
  }
}
