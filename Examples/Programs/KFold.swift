import Kilim

// The accuracy of a small network as the mean and the deviation over five folds.
let photos = try ImageFolder("dataset", imageSize: 16).images
var accuracies: [Float] = []
for (number, fold) in try folds(stratifying: photos.labels, folds: 5, seed: 1).enumerated() {
  let (train, test) = (photos.selecting(fold.train), photos.selecting(fold.test))
  // The mean and the deviation of colours come from the training part of each fold.
  let normalization = try train.channelStatistics()
  let model = try Sequential(input: photos.inputShape, seed: UInt64(number)) {
    Conv2D(8, kernelSize: 3, activation: .relu)
    GlobalAveragePool2D()
    Dense(photos.classes.count, activation: .softmax)
  }
  try model.fit(
    train.normalized(by: normalization), epochs: 3, optimizer: Adam(learningRate: 0.01),
    loss: .categoricalCrossEntropy, progress: .silent)
  let result = try model.evaluate(test.normalized(by: normalization), loss: .categoricalCrossEntropy)
  accuracies.append(Float(result.accuracy ?? 0))
}
let mean = Tensor(accuracies).mean().scalar
let deviation = (Tensor(accuracies) - mean).squared().mean().scalar.squareRoot()
print("accuracy \(mean) ± \(deviation)")
