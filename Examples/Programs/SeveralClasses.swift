import Kilim

// Any number of classes for each photo: a list of names in one column.
let table = try CSVTable(contentsOf: "photos.csv")
let photos = try PhotoSet(table.photos(path: "file", labels: "tags", separator: "|"), imageSize: 16)
let (train, test) = try photos.split(testShare: 0.25, seed: 7)

let model = try Sequential(input: train.inputShape) {
  Conv2D(8, kernelSize: 3, activation: .relu)
  GlobalAveragePool2D()
  Dense(photos.classes.count, activation: .sigmoid)
}
try model.fit(
  train, validation: test, epochs: 3, optimizer: Adam(learningRate: 0.01), loss: .binaryCrossEntropy, progress: .silent)
print(try model.evaluate(test, loss: .binaryCrossEntropy).report())
for answer in try model.classify(contentsOfFile: "cat.jpg") where answer.probability > 0.5 { print(answer.name) }
