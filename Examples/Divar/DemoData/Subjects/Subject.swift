import Kilim

/// What a class of the set looks like.
protocol Subject: Sendable {
  /// The name of the class and of its folder.
  var name: String { get }
  /// How far a picture of it may be turned from upright, in radians.
  var maximumTurn: Double { get }

  /// Draws one example, about as large as the square -1...1 and facing right; shape, pose and marks are left to chance.
  func draw(with brush: Brush, using generator: inout RandomGenerator)
}

extension Subject {
  /// Things that stand on the ground lean a little only.
  var maximumTurn: Double { 0.3 }
}
