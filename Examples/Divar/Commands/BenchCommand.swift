import ArgumentParser
import Foundation
import Kilim

/// `divar bench`: times the original network on random data.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Times the original network on random data: a training step, or inference.")

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

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The size of the images: 64, or height x width as 48x64. (default: 64)", valueName: "pixels"),
    transform: networkSize)
  var imageSize: ImageSize = 64

  @OptionGroup var threads: ThreadsOption

  func run() throws {
    threads.apply()
    let (batch, size) = (batch.batchSize, imageSize)
    try MemoryNeed(training: size, batchSize: batch)
      .check("--image-size \(size.height)x\(size.width) with --batch-size \(batch)")
    let model = try originalNetwork(imageSize: size, classCount: 11, seed: 0)
    var generator = RandomGenerator(seed: 1)
    let images = (0..<8).map { _ in Tensor<Float>(uniform: [batch, 3, size.height, size.width], using: &generator) }
    let targets = (0..<8).map { _ in
      Tensor<Float>(oneHot: Tensor((0..<batch).map { _ in Float(generator.integer(below: 11)) }), classCount: 11)
    }
    let step = work == .train ? trainingStep(model, images, targets) : inference(model, images)
    for index in 0..<warmUp { step(index) }
    let times = (0..<steps).map { index in
      ContinuousClock().measure { step(index) } / .milliseconds(1)
    }
    try Console.print(line(times.sorted()))
  }

  private func trainingStep(
    _ model: Sequential, _ images: [Tensor<Float>], _ targets: [Tensor<Float>]
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

  private func inference(_ model: Sequential, _ images: [Tensor<Float>]) -> (Int) -> Void {
    { index in _ = model(images[index % 8]).scalars }
  }

  /// One line: the work; median, quartile and minimum in milliseconds; the rate at the median; and the peak memory.
  private func line(_ times: [Double]) -> String {
    let median = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
    func fixed(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
    return "kilim \(work.rawValue) batch=\(batch.batchSize) threads=\(Threads.count) median_ms=\(fixed(median)) "
      + "quartile_ms=\(fixed(times[times.count / 4])) min_ms=\(fixed(times[0])) "
      + "images_per_s=\(fixed(Double(batch.batchSize) / median * 1e3, 1)) peak_mb=\(fixed(peakMegabytes, 0))"
  }

  /// The largest resident memory of the process so far. `getrusage` would also count the memory of its parent.
  private var peakMegabytes: Double {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kilobytes = line?.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }.first
    return (kilobytes ?? .nan) / 1024
  }
}
