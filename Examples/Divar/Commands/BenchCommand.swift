import ArgumentParser
import Foundation
import Kilim

/// `divar bench`: times a network on random data.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Times a network on random data: a training step, or inference.",
    discussion: """
      Without --network, it times the original network for 11 classes and photos of 64x64. The line that it prints has the \
      median, the lower quartile and the minimum of the times in milliseconds, the rate at the median, and the peak of \
      memory. Under mpirun it times the steps of fit, with a batch of --batch-size for each process.
      """)

  /// The work that is timed.
  enum Work: String, ExpressibleByArgument, CaseIterable {
    case train, predict
  }

  @Argument(help: "What to time: train (forward, backward, Adam) or predict.")
  var work: Work

  @OptionGroup var batch: BatchSizeOption

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many batches to time. (default: 30)", valueName: "count"),
    transform: wholeNumber(from: 1))
  var steps = 30

  /// With 0 warm-up batches and one step, the time of the process is the time from its start to the end of the first
  /// step.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many batches to run before those that are timed. (default: 5)", valueName: "count"),
    transform: wholeNumber(from: 0))
  var warmUp = 5

  @OptionGroup var named: NamedNetworkOptions

  @OptionGroup var threads: ThreadsOption

  @OptionGroup var gradients: GradientOptions

  func run() throws {
    var distribution = work == .train ? try Distribution.ofStartedProcesses() : nil
    distribution?.gradientPrecision = gradients.gradientPrecision
    threads.apply()
    let network = try named.network.map { try NamedNetwork($0) }
    let model = try makeModel(network)
    let shape = model.inputShapes[0]
    if let distribution {
      let times = try DistributedBench(
        model: model, distribution: distribution, batchSize: batch.batchSize, warmUp: warmUp, steps: steps
      ).run()
      if distribution.isLeader {
        try Console.print(line(times.sorted(), network?.name ?? "original", shape, ranks: distribution.size))
      }
      return
    }
    let classes = model.outputShapes[0][0]
    var generator = RandomGenerator(seed: 1)
    let images = (0..<8).map { _ in Tensor<Float>(uniform: Shape([batch.batchSize] + shape), using: &generator) }
    let targets = (0..<8).map { _ in
      let labels = (0..<batch.batchSize).map { _ in Float(generator.integer(below: classes)) }
      return Tensor<Float>(oneHot: Tensor(labels), classCount: classes)
    }
    let step = work == .train ? trainingStep(model, images, targets) : inference(model, images)
    for index in 0..<warmUp { step(index) }
    let times = (0..<steps).map { index in
      ContinuousClock().measure { step(index) } / .milliseconds(1)
    }
    try Console.print(line(times.sorted(), network?.name ?? "original", shape))
  }

  /// The network that is timed, once it is known that a batch of photos can fit into memory.
  private func makeModel(_ network: NamedNetwork?) throws -> Model {
    guard let network else {
      let size = named.imageSize ?? 64
      do throws(OptionValueError) {
        try checkNetworkSize(size)
      } catch {
        throw ValidationError("The value of '--image-size' is not allowed: \(error)")
      }
      try check(MemoryNeed(training: size, batchSize: batch.batchSize), size)
      return try originalNetwork(imageSize: size, classCount: named.classes ?? 11, seed: 0)
    }
    let size = named.imageSize ?? ImageSize(square: network.imageSize)
    try check(MemoryNeed(photos: size, batchSize: batch.batchSize), size)
    return try network.model(inputShape: [3, size.height, size.width], classes: named.classes ?? 1000)
  }

  private func check(_ need: MemoryNeed, _ size: ImageSize) throws {
    try need.check("--image-size \(size.height)x\(size.width) with --batch-size \(batch.batchSize)")
  }

  private func trainingStep(
    _ model: Model, _ images: [Tensor<Float>], _ targets: [Tensor<Float>]
  ) -> (Int) -> Void {
    let (optimizer, context, loss) = (Adam(), Context(.training, seed: 2), CategoricalCrossEntropy())
    // Collected once, as in `fit`: collecting the parameters of a model takes half a millisecond.
    let parameters = model.parameters
    return { index in
      let predicted = model(Variable(images[index % 8]), context)
      let loss = loss(predicted, targets[index % 8])
      optimizer.update(parameters, with: loss.gradients())
      _ = loss.value.scalar
    }
  }

  private func inference(_ model: Model, _ images: [Tensor<Float>]) -> (Int) -> Void {
    { index in _ = model(images[index % 8]).scalars }
  }

  /// One line: the work and the network; median, quartile and minimum in milliseconds; the rate at the median; and the peak memory.
  private func line(_ times: [Double], _ network: String, _ shape: Shape, ranks: Int = 1) -> String {
    let median = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
    func fixed(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
    return
      "kilim \(work.rawValue) \(ranks > 1 ? "ranks=\(ranks) " : "")network=\(network) size=\(shape[1])x\(shape[2]) batch=\(batch.batchSize) "
      + "threads=\(Threads.count) median_ms=\(fixed(median)) quartile_ms=\(fixed(times[times.count / 4])) min_ms=\(fixed(times[0])) "
      + "images_per_s=\(fixed(Double(batch.batchSize * ranks) / median * 1e3, 1)) peak_mb=\(fixed(peakMegabytes, 0))"
  }

  /// The largest resident memory of the process so far. `getrusage` would also count the memory of its parent.
  private var peakMegabytes: Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }.first
    return (kilobytes ?? .nan) / 1024
  }
}
