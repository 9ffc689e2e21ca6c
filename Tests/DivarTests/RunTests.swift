import Foundation
import Kilim
import TestSupport
import Testing

/// `divar run`: arrays into a model, and what it makes of them.
@Suite struct RunTests {
  private let folder: TemporaryFolder
  private let model: Model
  private let x: Tensor<Float>

  init() throws {
    folder = try TemporaryFolder()
    let image = Input([3, 6, 5], name: "photo")
    let features = Conv2D(4, kernelSize: 3, activation: .relu)(image, name: "features")
    let sum = features + Conv2D(4, kernelSize: 3)(image)
    model = try Model(input: image, output: Dense(2)(GlobalAveragePool2D()(sum), name: "scores"), seed: 3)
    try model.save(to: folder.path("model.keras"))
    var generator = RandomGenerator(seed: 1)
    x = Tensor(uniform: [5, 3, 6, 5], in: 0..<1, using: &generator)
    try x.permuted([0, 2, 3, 1]).writeNPY(to: folder.path("nhwc.npy"))
    try x.writeNPY(to: folder.path("nchw.npy"))
  }

  private func run(_ arguments: String...) throws -> DivarProcess {
    try DivarProcess(["run"] + arguments, in: folder.url)
  }

  @Test(arguments: ["nhwc.npy", "nchw.npy"])
  func theLayoutIsTheOneThatFits(input: String) throws {
    let run = try run("model.keras", input, "y.npy", "--batch-size", "2")
    #expect(run.exitCode == 0 && run.output.contains("scores: [5, 2]"), "\(run.errors)")
    #expect(deviation(try Tensor(npyFile: folder.path("y.npy")), from: model(x)) <= 1e-6)
  }

  /// Images in sequence have their channels before the rows here, and last in Keras.
  @Test(arguments: [[0, 1, 3, 4, 2], [0, 1, 2, 3, 4]])
  func videosHaveEitherLayout(axes: [Int]) throws {
    let frames = try Sequential(input: [4, 3, 6, 5]) { TimeDistributed(Conv2D(2, kernelSize: 3)) }
    try frames.save(to: folder.path("frames.keras"))
    var generator = RandomGenerator(seed: 2)
    let x = Tensor<Float>(uniform: [2, 4, 3, 6, 5], in: 0..<1, using: &generator)
    try x.permuted(axes).contiguous().writeNPY(to: folder.path("video.npy"))
    let run = try run("frames.keras", "video.npy", "video_out.npy")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(deviation(try Tensor(npyFile: folder.path("video_out.npy")), from: frames(x).permuted(axes)) <= 1e-6)
  }

  @Test func innerLayersAreWrittenInTheLayoutOfTheInput() throws {
    let run = try run("model.keras", "nhwc.npy", "inner.npz", "--layer", "features", "--layer", "scores")
    #expect(run.exitCode == 0, "\(run.errors)")
    let arrays = try NPZ(contentsOf: folder.path("inner.npz")).tensors
    let features = try model.upTo("features")
    #expect(arrays.keys.sorted() == ["features", "scores"])
    #expect(deviation(try #require(arrays["features"]), from: features(x).permuted([0, 2, 3, 1])) <= 1e-6)
  }

  @Test func severalInputsAndOutputsAreInArchives() throws {
    let (a, b) = (Input([3], name: "a"), Input([4], name: "b"))
    let joined = concatenate([a, b])
    let two = try Model(
      inputs: [b, a], outputs: [Dense(2)(joined, name: "first"), Dense(1)(joined, name: "second")], seed: 1)
    try two.save(to: folder.path("two.keras"))
    let inputs = ["a": Tensor<Float>(ones: [2, 3]), "b": Tensor<Float>(zeros: [2, 4])]
    try NPZ(tensors: inputs).write(to: folder.path("in.npz"))
    let run = try run("two.keras", "in.npz", "out.npz")
    #expect(run.exitCode == 0, "\(run.errors)")
    let expected = two.outputs(of: [Tensor(zeros: [2, 4]), Tensor(ones: [2, 3])])
    let found = try NPZ(contentsOf: folder.path("out.npz")).tensors
    #expect(found == ["first": expected[0], "second": expected[1]])
    try expectError(["two.keras", "in.npz", "out.npy"], "2 outputs", "first", ".npz")
    try expectError(["two.keras", "nchw.npy", "no.npz"], "NumPy array", "b, a")
  }

  /// A layer with states, one that is called twice, and one that has the name that another output would get.
  @Test func outputsOfOneLayerHaveNamesOfTheirOwn() throws {
    let x = Input([4, 2])
    let recurrent = LSTM(2, RecurrentOptions(returnsState: true))
    let states = recurrent.outputs(of: [x], name: "lstm")
    let dense = Dense(2)
    let first = dense(states[0], name: "dense")
    let model = try Model(
      inputs: [x], outputs: states + [first, dense(first), Dense(2)(states[0], name: "lstm_1")], seed: 2)
    try model.save(to: folder.path("states.keras"))
    let input: Tensor<Float> = sample([3, 4, 2])
    try input.writeNPY(to: folder.path("steps.npy"))
    let run = try run("states.keras", "steps.npy", "states.npz")
    #expect(run.exitCode == 0, "\(run.errors)")
    let found = try NPZ(contentsOf: folder.path("states.npz")).tensors
    let names = ["lstm", "lstm_2", "lstm_3", "dense", "dense_1", "lstm_1"]
    #expect(found.keys.sorted() == names.sorted())
    let outputs = try Model(contentsOf: folder.path("states.keras")).outputs(of: [input])
    for (name, output) in zip(names, outputs) { #expect(found[name] == output, "\(name)") }
  }

  @Test func wrongInputIsReported() throws {
    try Tensor<Float>(ones: [2, 6, 6, 3]).writeNPY(to: folder.path("wrong.npy"))
    try expectError(["model.keras", "wrong.npy", "no.npy"], "[2, 6, 6, 3]", "[N, 6, 5, 3]", "[N, 3, 6, 5]")
    try expectError(["model.keras", "nchw.npy", "no.npy", "--layout", "nhwc"], "[5, 3, 6, 5]", "[N, 6, 5, 3]")
    try expectError(["model.keras", "nchw.npy", "no.npy", "--layer", "featurs"], "featurs", "features")
    try expectError(["model.keras", "nchw.npy", "nchw.npy", "--overwrite"], "the input itself")
    try expectError(["model.keras", "nchw.npy", "out.txt"], "out.txt", "must end in .npy or .npz")
    #expect(!folder.has("no.npy") && !folder.has("out.txt"))
  }

  private func expectError(_ arguments: [String], _ words: String...) throws {
    let run = try DivarProcess(["run"] + arguments, in: folder.url)
    #expect(run.exitCode != 0)
    for word in words { #expect(run.errors.contains(word), "\(word) in \(run.errors)") }
  }
}
