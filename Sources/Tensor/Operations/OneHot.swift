extension Tensor where Scalar == Float {
  /// Rows that are 1 at the given class index and 0 elsewhere.
  ///
  /// Shapes: `[N]` gives `[N, classCount]`. An index that is not a class index stops the program.
  public init(oneHot indices: Tensor<Float>, classCount: Int) {
    self.init(zeros: [indices.count, classCount])
    withUnsafeMutableScalars { rows in
      for (row, index) in indices.scalars.enumerated() {
        guard let column = Int(exactly: index), (0..<classCount).contains(column) else {
          stop("oneHot: \(index) is not a class index below \(classCount)")
        }
        rows[row * classCount + column] = 1
      }
    }
  }
}
