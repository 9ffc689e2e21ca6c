import Kilim

/// Products of matrices, pooling by itself, the loss and the optimizer at the sizes of the original network, batch 32.
final class TensorBenchmarks: Benchmark {
  private func product(_ rows: Int, _ depth: Int, _ columns: Int) {
    let (a, b) = (random([rows, depth]), random([depth, columns]))
    benchmark(2 * Double(rows * depth * columns) / 1e9, "GFLOP") { _ = a.matmul(b) }
  }

  func testMatmul1024() { product(1024, 1024, 1024) }

  /// The first dense layer: 32 photos of 512 channels on 4×4 pixels, 32 units.
  func testDenseForward() { product(32, 8192, 32) }

  func testDenseWeightGradient() {
    let (x, gradient) = (random([32, 8192]), random([32, 32]))
    benchmark(2 * 32 * 8192 * 32 / 1e9, "GFLOP") { _ = x.transposed().matmul(gradient) }
  }

  func testDenseInputGradient() {
    let (w, gradient) = (random([8192, 32]), random([32, 32]))
    benchmark(2 * 32 * 8192 * 32 / 1e9, "GFLOP") { _ = gradient.matmul(w.transposed()) }
  }

  /// The sum of two images, and images times a number of each channel: memory is the limit.
  func testSum() {
    let (x, y) = (random([32, 64, 32, 32]), random([32, 64, 32, 32]))
    benchmark(Double(x.count) / 1e6, "Melements") { _ = x + y }
  }

  func testProductWithChannels() {
    let (x, y) = (random([32, 64, 32, 32]), random([64, 1, 1]))
    benchmark(Double(x.count) / 1e6, "Melements") { _ = x * y }
  }

  func testMaxPoolForward() {
    let x = random([32, 64, 64, 64])
    benchmark(Double(x.count) / 1e6, "Melements") { _ = x.maxPool2D(Window(2, stride: 2)) }
  }

  func testMaxPoolBackward() {
    let x = random([32, 64, 64, 64])
    let (output, indices) = x.maxPool2D(Window(2, stride: 2))
    benchmark(Double(x.count) / 1e6, "Melements") {
      _ = output.maxPool2DInputGradient(indices: indices, inputShape: x.shape)
    }
  }

  /// Softmax and cross-entropy of 11 classes, and the way back.
  func testSoftmaxCrossEntropyBothWays() {
    let (logits, loss) = (random([32, 11]), CategoricalCrossEntropy(fromLogits: true))
    let targets = Tensor<Float>(oneHot: Tensor((0..<32).map { Float($0 % 11) }), classCount: 11)
    benchmark(32, "photos") { _ = loss(Variable(tracking: logits), targets).gradients() }
  }

  /// A step of Adam over the parameters of the original network, whose matrices have the shapes given here.
  func testAdam() {
    let shapes: [Shape] = [[64, 3, 3, 3], [128, 64, 3, 3], [256, 128, 3, 3], [512, 256, 3, 3], [8192, 32]]
    let (parameters, optimizer) = (shapes.map { Parameter(random($0)) }, Adam())
    var gradients = Gradients<Float>()
    for (parameter, shape) in zip(parameters, shapes) { gradients[parameter] = random(shape) }
    benchmark(Double(shapes.map(\.elementCount).reduce(0, +)) / 1e6, "Melements") {
      optimizer.update(parameters, with: gradients)
    }
  }
}
