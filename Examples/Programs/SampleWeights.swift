import Kilim

// Examples count as much as a column of the table says: expensive ones more than cheap ones.
let table = try CSVTable(contentsOf: "photos.csv")
let weights = try table.numbers(["price"]).map { $0[0] / 10 }
let source = try table.photos(path: "file", label: "kind").weighted(by: weights)
let (train, test) = try PhotoSet(source, imageSize: 16).split(testShare: 0.25, seed: 7)

let model = try Sequential(input: train.inputShape) {
  Conv2D(8, kernelSize: 3, activation: .relu)
  GlobalAveragePool2D()
  Dense(train.classes.count, activation: .softmax)
}
let history = try model.fit(
  train, validation: test, epochs: 3, loss: .categoricalCrossEntropy, weightedMetrics: [.accuracy], progress: .silent)
print(history["val_accuracy"], history["val_weighted_accuracy"])
