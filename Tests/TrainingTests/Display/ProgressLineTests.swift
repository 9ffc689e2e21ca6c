import Testing

@testable import Serialization
@testable import Training

/// The line of an epoch fits into a terminal of any width.
@Suite struct ProgressLineTests {
  private func line(_ figures: [(name: String, value: Double)] = [("accuracy", 0.4375), ("loss", 1.2345)])
    -> ProgressLine
  {
    ProgressLine(epoch: (3, 150), examples: (640, 5000), rate: 123.4, figures: figures)
  }

  @Test func fitsEveryWidth() {
    let wide = line([("精度", 0.5), ("e\u{301}\u{1B}[2J", 1), ("loss", 1e12), ("accuracy", .nan)])
    for columns in 20...200 {
      for text in [line().text(columns: columns), wide.text(columns: columns)] {
        #expect(text.columnCount <= columns, "\(text)")
        #expect(text.hasPrefix("Epoch 3/150"))
        #expect(!text.unicodeScalars.contains("\u{1B}"))
      }
    }
  }

  @Test func showsWhatThereIsRoomFor() {
    #expect(
      line().text(columns: 120)
        == "Epoch 3/150 ███░░░░░░░░░░░░░░░░░░░░░ 640/5000 - 123 examples/s - 0:35 left - accuracy: 0.4375 - loss: 1.2345"
    )
    #expect(line().text(columns: 79) == "Epoch 3/150 █░░░░░░░░░ 640/5000 - 0:35 left - accuracy: 0.4375 - loss: 1.2345")
    #expect(line().text(columns: 29) == "Epoch 3/150 640/5000")
    #expect(line().text(columns: 40) == "Epoch 3/150 640/5000 - accuracy: 0.4375")
    #expect(line().text(columns: 8) == "Epoch 3/")
  }

  @Test func theLocaleAndTheValidationAreShown() {
    var ascii = line()
    ascii.style = TextStyle(isUnicode: false, hasBraille: false, hasColours: false)
    #expect(ascii.text(columns: 79) == "Epoch 3/150 #--------- 640/5000 - 0:35 left - accuracy: 0.4375 - loss: 1.2345")
    ascii.validation = (30, 40)
    #expect(ascii.text(columns: 120).contains(" - validating 75% - "))
    #expect(
      [0, 59.6, 60, 3599, 3600, 360_000].map(clockTime) == ["0:00", "1:00", "1:00", "59:59", "1:00:00", "100:00:00"])
    #expect([nil, -1, .nan, .infinity].map(clockTime) == ["?", "?", "?", "?"])
  }

  @Test func withoutATotalThereIsNoBar() {
    var endless = line()
    endless.examples.count = nil
    #expect(
      endless.text(columns: 120) == "Epoch 3/150 640 examples - 123 examples/s - accuracy: 0.4375 - loss: 1.2345")
    endless.validation = (12, nil)
    #expect(endless.text(columns: 120).contains(" - validating 12 - "))
  }

  @Test func numbersOfEverySize() {
    let odd = ProgressLine(epoch: (1, 1), examples: (0, 10), rate: .infinity, figures: [("loss", -.infinity)])
    #expect(odd.text(columns: 200).hasSuffix("0/10 - inf examples/s - 0:00 left - loss: -inf"))
    let still = ProgressLine(epoch: (1, 1), examples: (0, 10), rate: 0, figures: [("loss", -.nan)])
    #expect(still.text(columns: 200).hasSuffix("0 examples/s - ? left - loss: nan"))
  }
}
