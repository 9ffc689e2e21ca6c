import Tensor
import TestSupport
import Testing

struct WindowTests {
  /// As a file may have them: no window fits, and nothing overflows.
  @Test(arguments: [Int.max, .max / 2, .min, -1, 0, 1 << 40])
  func senselessNumbersFitNowhere(number: Int) {
    for window in [
      Window(Size(number)), Window(3, stride: Size(number)), Window(3, dilation: Size(number)),
      Window(Size(height: 3, width: number), padding: .same),
    ] {
      #expect(window.placement(onHeight: 8, width: 8) == nil)
    }
    #expect(number == 1 << 40 || Window(3).placement(onHeight: 8, width: number) == nil)
    #expect((number == 0) == (Window(1, padding: padding(number)).placement(onHeight: 8, width: 8) != nil))
  }

  private func padding(_ number: Int) -> Padding { .explicit(top: number, bottom: number, left: 0, right: number) }

  @Test(arguments: WindowCase.all) func countsPlaces(_ item: WindowCase) throws {
    let (height, width) = (item.input.height, item.input.width)
    let placement = try #require(item.window.placement(onHeight: height, width: width))
    #expect(placement.output == naiveOutputSize(item.window, [1, 1, height, width]))
  }

  /// The extra row and column of `.same` go to the bottom and right: Keras gives [[9, 6], [6, 4]].
  @Test func samePutsTheExtraRowAtTheBottom() {
    let x = Tensor<Float>(ones: [1, 1, 4, 4])
    let y = x.convolution2D(Tensor(ones: [1, 1, 3, 3]), window: Window(3, stride: 2, padding: .same))
    #expect(y.scalars == [9, 6, 6, 4])
  }

  @Test func tellsWhereItDoesNotFit() {
    #expect(Window(3).placement(onHeight: 2, width: 5) == nil)
    #expect(Window(3, dilation: 2).placement(onHeight: 5, width: 4) == nil)
    #expect(Window(3, stride: 0).placement(onHeight: 5, width: 5) == nil)
    #expect(Window(0).placement(onHeight: 5, width: 5) == nil)
    #expect(
      Window(1, padding: .explicit(top: -1, bottom: 0, left: 0, right: 0)).placement(onHeight: 5, width: 5) == nil)
  }
}
