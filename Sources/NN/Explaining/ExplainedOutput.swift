/// The output of a model that an explanation is about.
public enum ExplainedOutput: Hashable, Sendable {
  /// A class, by the number of its output. Of a model with a single output, 1 stands for this output, and 0 for its
  /// negative.
  ///
  /// Where the model ends in a softmax or a sigmoid, the logit is explained, the number before it: probabilities near 1
  /// hardly change.
  case `class`(Int)
  /// A number that the model predicts, by the number of its output: the output itself, also behind a sigmoid.
  case number(Int)
}
