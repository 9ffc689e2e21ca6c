import Tensor
import Testing

struct CountedNounTests {
  @Test func oneIsSingular() {
    #expect(
      [-1, 0, 1, 2, 1_000].map { counted($0, "epoch") } == [
        "-1 epochs", "0 epochs", "1 epoch", "2 epochs", "1000 epochs",
      ])
    #expect([1, 3].map { counted($0, "class", plural: "classes") } == ["1 class", "3 classes"])
  }
}
