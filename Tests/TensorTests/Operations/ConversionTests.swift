import Tensor
import TestSupport
import Testing

struct ConversionTests {
  @Test func convertsEveryType() {
    #expect(Tensor<UInt8>([0, 64, 255]).toFloat(scale: 0.25).scalars == [0, 16, 63.75])
    #expect(Tensor<Int32>([-3, 16_777_217]).toFloat().scalars == [-3, 16_777_216])
    #expect(Tensor<Int32>([-3, 16_777_217]).toDouble().scalars == [-3, 16_777_217])
    #expect(Tensor<Double>([0.1]).toFloat().scalars == [0.1])
    #expect(Tensor<Float>([0.1]).toDouble().scalars == [Double(Float(0.1))])
  }

  @Test(arguments: sampleShapes) func convertsUnderEveryLayout(shape: Shape) {
    let x: Tensor<UInt8> = wholeSample(shape)
    let expected = Tensor(shape: shape, scalars: x.scalars.map { Float($0) / 2 })
    for (name, y) in everyLayout(of: x) { #expect(y.toFloat(scale: 0.5) == expected, "\(name)") }
  }
}
