import Testing

@testable import Training

/// Epochs with different figures, as the stages of a training may have them.
@Suite struct HistoryTests {
  private static func figures(_ loss: Double, _ metrics: [String: Double] = [:]) -> Figures {
    Figures(loss: loss, metrics: metrics.map { GivenMetric(name: $0.key, values: [$0.value]) })
  }

  static let history: History = {
    var (first, second) = (History(), History())
    first.append(EpochReport(epoch: 0, training: figures(4, ["accuracy": 0.5]), validation: nil))
    first.append(EpochReport(epoch: 1, training: figures(3, ["accuracy": .nan]), validation: nil))
    second.append(
      EpochReport(epoch: 0, training: figures(2, ["top, 2": 0.25]), validation: figures(.infinity, ["top, 2": 0.75])))
    return first.followed(by: second, stage: "head")
  }()

  @Test func eachValueStandsUnderItsName() {
    #expect(Self.history.names == ["accuracy", "loss", "top, 2", "val_loss", "val_top, 2"])
    let table = """
      epoch,accuracy,loss,"top, 2",val_loss,"val_top, 2"
      0,0.5,4.0,,,
      1,nan,3.0,,,
      2,,2.0,0.25,inf,0.75

      """
    #expect(Self.history.csv == table)
    #expect(History().csv == "epoch\n" && History().names.isEmpty)
  }

  @Test func eachValueStandsAtItsEpoch() {
    #expect(Self.history["loss"] == [4, 3, 2])
    let later = Self.history["val_top, 2"]
    #expect(later.count == 3 && later[0].isNaN && later[1].isNaN && later[2] == 0.75)
    #expect(Self.history["val_accuracy"].isEmpty)
  }
}
