import Charts
import Testing

@Suite struct TicksTests {
  @Test func stepsAreOneTwoOrFive() {
    #expect(Ticks(over: 0...10, atMost: 10).values == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    #expect(Ticks(over: 0...10, atMost: 9).values == [0, 2, 4, 6, 8, 10])
    #expect(Ticks(over: 0...10, atMost: 4).values == [0, 5, 10])
    #expect(Ticks(over: 0...10, atMost: 1).values == [0, 10])
    #expect(Ticks(over: 0...1, atMost: 5).values == [0, 0.2, 0.4, 0.6, 0.8, 1])
    #expect(Ticks(over: -30...70, atMost: 5).values == [-20, 0, 20, 40, 60])
  }

  @Test func ticksStayWithinTheRange() {
    let ticks = Ticks(over: 0.13...0.87, atMost: 8)
    #expect(ticks.values == [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    #expect(ticks.labels == ["0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8"])
    #expect(ticks.range == 0.13...0.87)
  }

  @Test func aWidenedAxisEndsAtTicks() {
    let ticks = Ticks(over: 0.28...0.96, atMost: 5, widened: true)
    #expect(ticks.values == [0.2, 0.4, 0.6, 0.8, 1])
    #expect(ticks.range == 0.2...1)
    #expect(Ticks(over: -0.1...2.6, atMost: 3, widened: true).range == -1...3)
    #expect(Ticks(over: 0...1, atMost: 5, widened: true).range == 0...1)
  }

  @Test func epochsAreWholeNumbers() {
    #expect(Ticks(over: 1...3, atMost: 10, wholeNumbers: true).values == [1, 2, 3])
    #expect(Ticks(over: 1...20, atMost: 10, wholeNumbers: true).values == [2, 4, 6, 8, 10, 12, 14, 16, 18, 20])
    #expect(Ticks(over: 1...20, atMost: 4, wholeNumbers: true).labels == ["5", "10", "15", "20"])
    #expect(Ticks(over: 7...7, atMost: 10, wholeNumbers: true).values == [7])
  }

  @Test func labelsHaveTheDecimalsOfTheStep() {
    #expect(Ticks(over: 0...0.1, atMost: 4).labels == ["0.00", "0.05", "0.10"])
    #expect(Ticks(over: -1...1, atMost: 4).labels == ["−1.0", "−0.5", "0.0", "0.5", "1.0"])
    #expect(Ticks(over: 0...500_000, atMost: 1).labels == ["0", "500000"])
  }

  @Test func largeAndSmallNumbersUsePowersOfTen() {
    #expect(Ticks(over: 0...2e6, atMost: 4).labels == ["0", "0.5·10⁶", "1.0·10⁶", "1.5·10⁶", "2.0·10⁶"])
    #expect(Ticks(over: -2e-7...2e-7, atMost: 4).labels == ["−2·10⁻⁷", "−1·10⁻⁷", "0", "1·10⁻⁷", "2·10⁻⁷"])
  }

  @Test func aPowerThatIsOneIsLeftOut() {
    #expect(Ticks(over: 1...1.000002, atMost: 2).labels == ["1.000000", "1.000001", "1.000002"])
  }

  @Test(
    arguments: [
      0...0, 5...5, -3...(-3), 1...1.0.nextUp, 1e15...1e15.nextUp, 0...Double.leastNonzeroMagnitude,
      0...Double.leastNormalMagnitude / 2, -1e299...1e299,
      1e299...1e299,
    ] as [ClosedRange<Double>])
  func awkwardRangesHaveDistinctTicks(range: ClosedRange<Double>) {
    for widened in [false, true] {
      let ticks = Ticks(over: range, atMost: 6, widened: widened)
      #expect((1...9).contains(ticks.values.count))
      #expect(ticks.values == Set(ticks.values).sorted() && Set(ticks.labels).count == ticks.labels.count)
      #expect(ticks.range.lowerBound < ticks.range.upperBound)
      #expect(ticks.range.lowerBound <= range.lowerBound && range.upperBound <= ticks.range.upperBound)
    }
  }
}
