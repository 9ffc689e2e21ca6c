import Autograd
import Tensor
import TestSupport
import Testing

struct ImageWarpTests {
  static let maps = [
    PixelMap(xx: 0.9, xy: -0.3, x0: 1.2, yx: 0.4, yy: 0.8, y0: -1.7), PixelMap(xx: 1.4, x0: -6.3, yy: 0.7, y0: 9.1),
  ]
  static let fills: [ImageWarp.Fill] = [.constant(0.5), .nearest, .reflect, .wrap]

  @Test(arguments: fills)
  func gradients(fill: ImageWarp.Fill) {
    for interpolation in [ImageWarp.Interpolation.bilinear, .nearest] {
      let warp = ImageWarp(Self.maps, fill: fill, interpolation: interpolation)
      for shape in [[2, 2, 3, 4], [2, 1, 1, 5]] as [Shape] {
        expectGradients(at: samples(shape)) { $0[0].warped(by: warp) }
      }
    }
  }

  @Test(arguments: fills)
  func everyLayoutGivesTheSame(fill: ImageWarp.Fill) {
    let x = samples([2, 3, 4, 5])[0]
    let warp = ImageWarp(Self.maps, fill: fill)
    for (name, same) in everyLayout(of: x) {
      #expect(same.warped(by: warp) == x.warped(by: warp), "\(name)")
      #expect(same.warpGradient(by: warp) == x.warpGradient(by: warp), "\(name)")
    }
  }

  @Test func whatStandsOutside() {
    let x = Tensor<Double>([1, 2, 3, 4]).reshaped(to: [1, 1, 1, 4] as Shape)
    func shifted(_ shift: Double, _ fill: ImageWarp.Fill, _ interpolation: ImageWarp.Interpolation) -> [Double] {
      x.warped(by: ImageWarp([PixelMap(x0: shift)], fill: fill, interpolation: interpolation)).scalars
    }
    #expect(shifted(0, .reflect, .bilinear) == [1, 2, 3, 4])
    #expect(shifted(-2, .nearest, .bilinear) == [1, 1, 1, 2])
    #expect(shifted(-2, .reflect, .bilinear) == [2, 1, 1, 2])
    #expect(shifted(-2, .wrap, .bilinear) == [3, 4, 1, 2])
    #expect(shifted(-2, .constant(9), .nearest) == [9, 9, 1, 2])
    #expect(shifted(2.5, .constant(8), .bilinear) == [3.5, 6, 8, 8])
    #expect(shifted(0.5, .nearest, .nearest) == [2, 3, 4, 4])
    #expect(shifted(1e300, .constant(7), .bilinear) == [7, 7, 7, 7])
  }

  @Test func emptyBatches() {
    for shape in [[0, 3, 4, 4], [2, 0, 4, 4], [2, 3, 0, 4]] as [Shape] {
      let x = Variable(tracking: Tensor<Float>(zeros: shape))
      let y = x.warped(by: ImageWarp(Array(repeating: PixelMap(), count: shape[0])))
      #expect(y.shape == shape)
      #expect(y.sum().gradients()[x] == Tensor(zeros: shape))
    }
  }
}
