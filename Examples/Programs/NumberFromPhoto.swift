import Kilim

// A number to predict from a photo. The training photos alone decide about its scale.
let table = try CSVTable(contentsOf: "photos.csv")
let photos = try PhotoSet(table.photos(path: "file", number: "price"), imageSize: 16)
let (train, test) = try photos.split(testShare: 0.25, seed: 7)
guard let scaling = train.targetScaling else { fatalError("the targets are not numbers") }

let model = try Sequential(input: train.inputShape) {
  Conv2D(8, kernelSize: 3, activation: .relu)
  GlobalAveragePool2D()
  Dense(1)
}
try model.fit(
  train.standardizingTargets(by: scaling), validation: test.standardizingTargets(by: scaling), epochs: 3,
  loss: .meanSquaredError, metrics: [.meanAbsoluteError], progress: .silent)
print(try model.evaluate(test.standardizingTargets(by: scaling), loss: .meanSquaredError).report())
print(try model.estimate(contentsOfFile: "cat.jpg"))
