import Kilim

// A photo and a row of numbers as inputs, a class and a number as outputs.
let table = try CSVTable(contentsOf: "photos.csv")
let photos = try PhotoSet(table.photos(path: "file"), imageSize: 16).images
let prices = try Targets(numbers: table.numbers(["price"]), names: ["price"])
// The training part alone decides about the scale of prices.
let parts = try trainTestSplit(count: photos.count, testSize: .share(0.25), seed: 7)
guard let scaling = prices.selecting(parts.train).scaling else { fatalError("the prices are not numbers") }
let data = try CombinedDataset(
  inputs: ["photo": photos, "size": TensorDataset(rows: table.numbers(["width", "height"]))],
  targets: ["kind": Targets(classNames: table.column("kind")), "price": prices.standardized(by: scaling)])
let (train, test) = (data.selecting(parts.train), data.selecting(parts.test))

let (photo, size) = (Input([3, 16, 16], name: "photo"), Input([2], name: "size"))
let seen = GlobalAveragePool2D()(Conv2D(8, kernelSize: 3, activation: .relu)(photo))
let features = concatenate([seen, Dense(4, activation: .relu)(size)])
let model = try Model(
  inputs: [photo, size],
  outputs: [Dense(2, activation: .softmax)(features, name: "kind"), Dense(1)(features, name: "price")])
let history = try model.fit(
  train, validation: test, epochs: 3, losses: ["kind": .categoricalCrossEntropy, "price": .meanSquaredError],
  lossWeights: ["price": 0.2], callbacks: [EarlyStopping(monitor: "val_price_loss", patience: 5)], progress: .silent)
print(history.names)
let results = try model.evaluate(
  test, losses: ["kind": .categoricalCrossEntropy, "price": .meanSquaredError])
for (name, result) in zip(results.names, results.outputs) { print(name, try result.report()) }
