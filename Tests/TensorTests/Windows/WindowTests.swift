import Tensor
import TestSupport
import Testing

struct WindowTests {
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
