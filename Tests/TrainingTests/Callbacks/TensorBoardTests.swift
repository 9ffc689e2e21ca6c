import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// What TensorBoard's own reader finds in the files of a training.
@Suite(
  .enabled(
    if: PythonEnvironment.has("tensorboard"), Comment(rawValue: "tensorboard: \(PythonEnvironment.absence)")))
struct TensorBoardTests {
  /// What `Fixtures/read_events.py` prints of one folder.
  private struct Run: Decodable {
    struct Histogram: Decodable {
      let step: Int
      let min, max, num, sum, squares: Double
      let limits, counts: [Double]
    }

    struct Node: Decodable {
      let name, op: String
      let inputs: [String]
      let shapes: [[Int]]
    }

    let scalars: [String: [[Double?]]]
    let images: [String: [Image]]
    let histograms: [String: [Histogram]]
    let nodes: [Node]
    let settings: [String: String]
    let ends: [Int]

    struct Image: Decodable {
      let step, width, height: Int
      let head: [UInt8]

      init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        step = try list.decode(Int.self)
        width = try list.decode(Int.self)
        height = try list.decode(Int.self)
        head = try list.decode([UInt8].self)
      }
    }
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ name: String = "run") throws -> [String: Run] {
    let script = try #require(
      Bundle.module.url(forResource: "read_events", withExtension: "py", subdirectory: "Fixtures"))
    let (succeeded, output) = try PythonEnvironment.run(script.path, [folder.path(name)])
    try #require(succeeded, "\(output)")
    let json = try #require(output.split(separator: "\n").last)
    return try JSONDecoder().decode([String: Run].self, from: Data(json.utf8))
  }

  private func graph() throws -> Model {
    let input = Input([8])
    let part = try Sequential(input: [8]) {
      Dense(8, activation: .relu)
      Dropout(0.5)
    }
    let x = part(input) + input
    return try Model(input: input, output: Dense(2, activation: .softmax)(x))
  }

  @Test func everythingIsRead() throws {
    let model = try graph()
    let picture = Image(width: 3, height: 2, pixels: [UInt8](repeating: 7, count: 18))
    let board = TensorBoard(
      folder.path("run"),
      content: TensorBoard.Content(
        stepInterval: 2, histogramInterval: 2,
        hyperparameters: ["units": 8, "rate": 0.5, "optimizer": "SGD", "augmented": true],
        images: { report in [(name: "samples", image: picture)] }))
    var (losses, weights): ([Double], [[Float]]) = ([], [])
    let history = try model.fit(
      Toy.data(64), validation: Toy.data(16), epochs: 3, batchSize: 16, optimizer: SGD(learningRate: 0.125),
      loss: .categoricalCrossEntropy,
      callbacks: [
        board,
        ClosureCallback(
          batchEnded: {
            losses.append($0.loss)
            return .proceed
          },
          epochEnded: { _, _ in
            weights.append(model.state["dense.weight"]?.scalars ?? [])
            return .proceed
          }),
      ], progress: .silent)
    let runs = try read()
    #expect(runs.keys.sorted() == [".", "steps", "train", "validation"])
    let (train, validation) = (try #require(runs["train"]), try #require(runs["validation"]))
    let perStep = try #require(runs["steps"])
    func expect(_ run: Run, _ tag: String, _ values: [Double], steps: [Int]) {
      #expect(run.scalars[tag].map { $0.map { Int($0[0] ?? -1) } } == steps, "\(tag)")
      #expect(run.scalars[tag].map { $0.map { Float($0[1] ?? .nan) } } == values.map { Float($0) }, "\(tag)")
    }
    for name in ["loss", "accuracy"] {
      expect(train, "epoch_\(name)", history[name], steps: [0, 1, 2])
      expect(validation, "epoch_\(name)", history["val_\(name)"], steps: [0, 1, 2])
    }
    expect(train, "epoch_learning_rate", [0.125, 0.125, 0.125], steps: [0, 1, 2])
    expect(perStep, "batch_loss", stride(from: 0, to: 12, by: 2).map { losses[$0] }, steps: [0, 2, 4, 6, 8, 10])
    expect(perStep, "batch_learning_rate", [Double](repeating: 0.125, count: 6), steps: [0, 2, 4, 6, 8, 10])

    // Histograms of all parameters.
    #expect(
      train.histograms.keys.sorted() == [
        "dense/bias/histogram", "dense/weight/histogram", "sequential/dense/bias/histogram",
        "sequential/dense/weight/histogram",
      ])
    let histograms = try #require(train.histograms["dense/weight/histogram"])
    #expect(histograms.map(\.step) == [0, 2])
    for (histogram, values) in zip(histograms, [weights[0], weights[2]]) {
      #expect(histogram.min == values.min().map(Double.init))
      #expect(histogram.num == 16)
      #expect(histogram.counts.reduce(0, +) == 16)
      #expect(abs(histogram.sum - values.reduce(0) { $0 + Double($1) }) < 1e-12)
      #expect(abs(histogram.squares - values.reduce(0) { $0 + Double($1) * Double($1) }) < 1e-12)
      var before = histogram.min
      for (limit, count) in zip(histogram.limits, histogram.counts) {
        let isLast = limit == histogram.limits.last
        #expect(Double(values.count { Double($0) >= before && (isLast || Double($0) < limit) }) == count)
        before = limit
      }
    }
    let images = try #require(train.images["samples"])
    #expect(images.map(\.step) == [0, 1, 2])
    #expect(images[0].width == 3 && images[0].height == 2 && images[0].head == [0x89, 0x50, 0x4E, 0x47])

    let lines = train.nodes.map { "\($0.name) \($0.op) \($0.inputs.joined(separator: ",")) \($0.shapes)" }
    #expect(
      lines == [
        "input Input  [[-1, 8]]", "sequential/dense Dense input [[-1, 8]]",
        "sequential/dropout Dropout sequential/dense [[-1, 8]]", "add Add sequential/dropout,input [[-1, 8]]",
        "dense Dense add [[-1, 2]]",
      ])
    let session = try #require(runs["."])
    #expect(session.settings == ["units": "8.0", "rate": "0.5", "optimizer": "SGD", "augmented": "True"])
    #expect(session.ends == [1])
  }

  /// What an interrupted training has written after its checkpoint does not count.
  @Test func aResumedTrainingHasEachPointOnce() throws {
    let run = SmallRun(epochs: 4)
    func board() -> TensorBoard {
      TensorBoard(folder.path("run"), content: TensorBoard.Content(stepInterval: 1, graph: false))
    }
    // The checkpoint is that in the second epoch; the rest of it is written to the files and lost.
    let checkpoints = Checkpoints(folder.path("checkpoints"), every: .steps(5), keepBest: nil)
    do {
      _ = try run(checkpoints, callbacks: [board(), EndAfter(.powerCut, batches: 8)])
    } catch is PowerCut {}
    let history = try run(checkpoints, callbacks: [board()]).history
    let runs = try read()
    let train = try #require(runs["train"])
    #expect(runs["steps"]?.scalars["batch_loss"].map { $0.map { Int($0[0] ?? -1) } } == Array(0..<12))
    #expect(train.scalars["epoch_loss"].map { $0.map { Int($0[0] ?? -1) } } == [0, 1, 2, 3])
    #expect(runs["validation"]?.scalars["epoch_loss"].map { $0.map { Int($0[0] ?? -1) } } == [0, 1, 2, 3])
    #expect(train.scalars["epoch_loss"].map { $0.map { Float($0[1] ?? .nan) } } == history["loss"].map { Float($0) })
  }

  @Test func aFailureIsSaid() throws {
    struct Trouble: Error {}
    let board = TensorBoard(
      folder.path("run"), content: TensorBoard.Content(graph: false, hyperparameters: ["units": 8]))
    #expect(throws: Trouble.self) {
      try Toy.model().fit(
        Toy.data(), loss: .categoricalCrossEntropy,
        callbacks: [board, ClosureCallback(batchBegan: { _ in throw Trouble() })], progress: .silent)
    }
    #expect(try read()["."]?.ends == [2])
  }

  @Test func numbersThatAreNoneAreWritten() throws {
    let model = try Toy.model(2, .linear)
    try model.fit(
      Toy.data(), epochs: 2, optimizer: SGD(learningRate: 1e30), loss: .meanSquaredError,
      callbacks: [TensorBoard(folder.path("run"), content: TensorBoard.Content(histogramInterval: 1))],
      progress: .silent)
    let train = try #require(read()["train"])
    #expect(train.scalars["epoch_loss"]?.count == 2)
    #expect(train.nodes.count == 3)
  }
}
