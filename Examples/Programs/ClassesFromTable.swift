import Kilim

// A classifier of the photos that a table lists: a file and a class in each row.
let table = try CSVTable(contentsOf: "photos.csv")
let photos = try PhotoSet(table.photos(path: "file", label: "kind"), imageSize: 16)
let (train, test) = try photos.split(testShare: 0.25, seed: 7, stratify: true)

let model = try Sequential(input: train.inputShape) {
  Conv2D(8, kernelSize: 3, activation: .relu)
  GlobalAveragePool2D()
  Dense(photos.classes.count, activation: .softmax)
}
try model.fit(
  train, validation: test, epochs: 3, optimizer: Adam(learningRate: 0.01), loss: .categoricalCrossEntropy,
  progress: .silent)
print(try model.evaluate(test, loss: .categoricalCrossEntropy).report())
print(try model.classify(contentsOfFile: "cat.jpg")[0])
