import Kilim

// A classifier of a table: numbers through a normalization, a category through an embedding.
let table = try CSVTable(contentsOf: "wine.csv")
let names = table.columns.filter { $0 != "grade" && $0 != "cultivar" }
let data = try CombinedDataset(
  inputs: [
    "grade": TensorDataset(rows: table.numbers(["grade"])), "numbers": TensorDataset(rows: table.numbers(names)),
  ],
  targets: ["cultivar": Targets(classNames: table.column("cultivar"))])
let (train, test) = try data.split(testShare: 0.2, seed: 3)

let (grade, numbers) = (Input([1], name: "grade"), Input([names.count], name: "numbers"))
let normalization = DataNorm()
let embedded = Flatten()(Embedding(4, features: 3)(grade))
let hidden = Dense(8, activation: .relu)(concatenate([embedded, normalization(numbers)]))
let model = try Model(
  inputs: [grade, numbers], outputs: [Dense(3, activation: .softmax)(hidden, name: "cultivar")])
// The training part alone decides about the mean and the deviation.
try normalization.adapt(to: train.batch(Array(0..<train.count)).allInputs[1])
try model.fit(
  train, validation: test, epochs: 20, batchSize: 16, optimizer: Adam(learningRate: 0.01),
  loss: .categoricalCrossEntropy, progress: .silent)
print(try model.evaluate(test, loss: .categoricalCrossEntropy).report())
