import Autograd
import NN
import Tensor
import Testing

/// The classes of `[N, C, …]` lie along the channel axis.
struct ClassAxisTests {
  private let logits = hashed([2, 3, 2, 2], seed: 1, limit: 3)
  private let classes = Tensor<Float>(shape: [2, 2, 2], scalars: [0, 2, 1, 1, 2, 0, 0, 1])

  private var oneHot: Tensor<Float> {
    Tensor(oneHot: classes.flattened(), classCount: 3).reshaped(to: [2, 2, 2, 3]).permuted([0, 3, 1, 2])
  }

  /// By Keras 3 with `axis=1`, and by NumPy in double precision; means over the places of each image.
  @Test func lossesOfImages() throws {
    let (plain, smoothed) = ([1.023214405217085, 1.4726097410880798], [1.1404888008418816, 1.5375426993730938])
    let outputs = Variable(logits).softmax(axis: 1)
    let wide = classes.reshaped(to: [2, 1, 2, 2])
    let cases: [(any Loss, Variable<Float>, Tensor<Float>, [Double])] = [
      (.categoricalCrossEntropy(fromLogits: true), Variable(logits), oneHot, plain),
      (.categoricalCrossEntropy, outputs, oneHot, plain),
      (.categoricalCrossEntropy, Variable(outputs.value), oneHot, plain),
      (.categoricalCrossEntropy(fromLogits: true, labelSmoothing: 0.2), Variable(logits), oneHot, smoothed),
      (.categoricalCrossEntropy(labelSmoothing: 0.2), outputs, oneHot, smoothed),
      (.categoricalCrossEntropy(labelSmoothing: 0.2), Variable(outputs.value), oneHot, smoothed),
      (.sparseCategoricalCrossEntropy(fromLogits: true), Variable(logits), classes, plain),
      (.sparseCategoricalCrossEntropy, outputs, classes, plain),
      (.sparseCategoricalCrossEntropy, Variable(outputs.value), wide, plain),
    ]
    for (index, (loss, predicted, expected, each)) in cases.enumerated() {
      try loss.check(predicted: predicted.shape, expected: expected)
      let found = loss.perExample(predicted: predicted, expected: expected).value
      #expect(found.shape == [2])
      // Some twenty roundings, as in the tests of rows.
      expectClose(found, each, tolerance: 20 * 0x1p-24, "case \(index)")
      expectClose(loss(predicted, expected).value, [(each[0] + each[1]) / 2], tolerance: 20 * 0x1p-24, "case \(index)")
    }
  }

  /// A weight for each class, wherever the classes lie.
  @Test(arguments: [[2, 4, 3], [2, 3, 2, 2], [2, 2, 3, 1, 2]] as [Shape])
  func focalWeightsAreThoseOfTheClasses(shape: Shape) throws {
    let axis = shape.rank == 3 ? 2 : shape.rank - 3
    let order = shape.indices.filter { $0 != axis } + [axis]
    let back = order.indices.sorted { order[$0] < order[$1] }
    let rows = hashed([shape.elementCount / 3, 3], seed: 1, limit: 3)
    let oneHot = Tensor(oneHot: Tensor((0..<rows.shape[0]).map { Float($0 % 3) }), classCount: 3)
    func inPlace(_ rows: Tensor<Float>) -> Tensor<Float> {
      rows.reshaped(to: Shape(order.map { shape[$0] })).permuted(back).contiguous()
    }
    let loss = CategoricalFocalCrossEntropy(alpha: [0.1, 0.5, 2], fromLogits: true)
    try loss.check(predicted: shape, expected: inPlace(oneHot))
    let expected = loss(Variable(rows), oneHot).value.scalar
    expectClose(
      loss(Variable(inPlace(rows)), inPlace(oneHot)).value, [Double(expected)], tolerance: 20 * 0x1p-24, "\(shape)")
    #expect(throws: TargetError.self) {
      try CategoricalFocalCrossEntropy(alpha: [1, 2]).check(predicted: shape, expected: inPlace(oneHot))
    }
  }

  /// Sequences [N, T, C] have the classes last, images [N, C, H, W] second; volumes and images in sequence [N, D, C, H, W] third.
  @Test(arguments: [[2, 4, 3], [2, 3, 2, 2], [2, 2, 3, 1, 2], [2, 2, 1, 3, 2, 1]] as [Shape])
  func ofEveryRank(shape: Shape) throws {
    let x = hashed(shape, seed: 1, limit: 3)
    let axis = shape.rank == 3 ? 2 : shape.rank - 3
    let order = shape.indices.filter { $0 != axis } + [axis]
    let back = order.indices.sorted { order[$0] < order[$1] }
    let rows = x.permuted(order).reshaped(to: [-1, 3])
    // The activation of every place is the one of its row.
    let activated = Activation.softmax(Variable(x)).value
    #expect(activated.permuted(order).reshaped(to: [-1, 3]) == rows.softmax())
    #expect(ActivationLayer(.softmax)(x) == activated)

    let places = rows.shape[0]
    let indices = Tensor((0..<places).map { Float($0 % 3) })
    let oneHot = Tensor(oneHot: indices, classCount: 3)
    let classes = Shape(order.dropLast().map { shape[$0] })
    let inPlace = oneHot.reshaped(to: Array(classes) + [3]).permuted(back).contiguous()
    let (sparse, dense) = (SparseCategoricalCrossEntropy(fromLogits: true), CategoricalCrossEntropy(fromLogits: true))
    let expected = sparse(Variable(rows), indices).value.scalar
    let tracked = Variable(tracking: x)
    for targets in [indices.reshaped(to: classes), indices.reshaped(to: shape.replacing(axis: axis, with: 1))] {
      try sparse.check(predicted: shape, expected: targets)
      #expect(abs(sparse(Variable(x), targets).value.scalar - expected) < 20 * 0x1p-24)
      // Behind the activation the gradient is that of the logits.
      let behind = SparseCategoricalCrossEntropy()(Activation.softmax(tracked), targets).gradients()
      #expect(try #require(behind[tracked]) == #require(sparse(tracked, targets).gradients()[tracked]))
    }
    #expect(abs(dense(Variable(x), inPlace).value.scalar - expected) < 20 * 0x1p-24)

    let reading = try ClassReading(predicted: rows, expected: indices)
    for targets in [indices.reshaped(to: classes), indices.reshaped(to: shape.replacing(axis: axis, with: 1)), inPlace]
    {
      let own = try ClassReading(predicted: x, expected: targets)
      #expect(own.predicted == reading.predicted && own.expected == reading.expected && own.classCount == 3)
    }
    var (top, topOfRows) = (TopKAccuracy(k: 2), TopKAccuracy(k: 2))
    top.update(predicted: x, expected: inPlace)
    topOfRows.update(predicted: rows, expected: indices)
    #expect(top.value == topOfRows.value)
    for loss in [KLDivergence(), CosineSimilarity(), CategoricalHinge(), CategoricalFocalCrossEntropy()] as [any Loss] {
      let inRows = loss(Variable(rows.softmax()), oneHot).value.scalar
      #expect(abs(loss(Variable(activated), inPlace).value.scalar - inRows) < 20 * 0x1p-24, "\(loss)")
    }
  }

  @Test func otherShapesThrow() throws {
    func message(_ loss: any Loss, _ predicted: Shape, _ expected: Shape) throws -> String {
      "\(try #require(throws: TargetError.self) { try loss.check(predicted: predicted, expected: Tensor(zeros: expected)) })"
    }
    for expected in [[2, 2, 3], [2, 4], [2, 3, 2, 2], [2], [2, 2, 2, 1], [3, 2, 2]] as [Shape] {
      #expect(
        try message(.sparseCategoricalCrossEntropy, [2, 3, 2, 2], expected)
          == "the model's output has shape [2, 3, 2, 2], the targets have shape \(expected): "
          + "predictions [N, C, …] and class indices [N, …] are needed"
          + (expected == [2, 3, 2, 2] ? "; one-hot targets need .categoricalCrossEntropy" : ""))
    }
    #expect(throws: TargetError.self) {
      try SparseCategoricalCrossEntropy().check(predicted: [3], expected: Tensor([1]))
    }
    #expect(
      try message(.categoricalCrossEntropy, [3], [3])
        == "the model's output has shape [3], the targets have shape [3]: predictions [N, C] or [N, C, …] are needed")
    #expect(
      try message(.categoricalCrossEntropy, [2, 3, 2, 2], [2, 2, 2])
        .contains("must have the same shape; class indices need .sparseCategoricalCrossEntropy"))
    #expect(
      try message(.categoricalCrossEntropy, [2, 3, 2, 2], [2, 3, 2, 1])
        .hasSuffix("predictions and targets must have the same shape"))
    let error = try #require(throws: TargetError.self) {
      try SparseCategoricalCrossEntropy().check(
        predicted: [1, 3, 1, 2], expected: Tensor(shape: [1, 1, 2], scalars: [2, 3]))
    }
    #expect(error.reason == "3.0 of example 0 is not a class index; whole numbers from 0 to 2 are needed")
  }
}
