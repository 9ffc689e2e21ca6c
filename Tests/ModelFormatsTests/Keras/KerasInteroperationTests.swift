import Foundation
import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// Real Keras opens what is written. Needs a Python with Keras: its path in the environment variable `KILIM_PYTHON`.
@Suite struct KerasInteroperationTests {
  private static let python = ProcessInfo.processInfo.environment["KILIM_PYTHON"]

  @Test(.enabled(if: python != nil, "KILIM_PYTHON names no Python with Keras"))
  func kerasPredictsTheSameAndTrainsOn() throws {
    let folder = try TemporaryFolder()
    for sample in Sample.allCases {
      let model = try sample.model()
      let x = sampleInputs(for: model)
      try model.save(to: folder.path("\(sample).keras"))
      try x.permuted([0, 2, 3, 1]).writeNPY(to: folder.path("\(sample).x.npy"))
      try model(x).writeNPY(to: folder.path("\(sample).y.npy"))
    }
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.python))
    process.arguments = [fixturePath("check_keras.py"), folder.url.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)

    // What Keras saved after training is read back.
    for sample in Sample.allCases {
      let again = try Sequential(contentsOf: folder.path("\(sample).again.keras"))
      #expect(try again.inputShape == sample.model().inputShape)
    }
  }
}
