import ArgumentParser
import Kilim

/// How many views of a photo a model looks at.
struct TestViewsOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The number of views of a photo whose probabilities are averaged: 1, 2 (also mirrored), 5 (the corners and the middle) "
        + "or 10 (both). (default: 1)", valueName: "count"), transform: testViews)
  var views = TestViews.single
}

/// Reads a number of views.
@Sendable private func testViews(_ text: String) throws -> TestViews {
  let known: [TestViews] = [.single, .flips, .fiveCrops, .tenCrops]
  guard let views = known.first(where: { "\($0.count)" == text }) else {
    throw OptionValueError(expected: "1, 2, 5 or 10 views")
  }
  return views
}
