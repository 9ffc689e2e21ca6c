import Kilim

// Photos of one thing stay on one side of the split: here those of one price.
let table = try CSVTable(contentsOf: "photos.csv")
let photos = try PhotoSet(table.photos(path: "file", label: "kind"), imageSize: 16).images
let things = try table.column("price")
let numbers = Dictionary(uniqueKeysWithValues: Set(things).sorted().enumerated().map { ($1, $0) })
let groups = photos.sourceIndices.map { numbers[things[$0]] ?? 0 }

let fold = try folds(keepingTogether: groups, folds: 4)[0]
let (train, test) = (photos.selecting(fold.train), photos.selecting(fold.test))
print(Set(fold.train.map { groups[$0] }).isDisjoint(with: fold.test.map { groups[$0] }))
let model = try Sequential(input: train.inputShape) {
  Conv2D(8, kernelSize: 3, activation: .relu)
  GlobalAveragePool2D()
  Dense(photos.classes.count, activation: .softmax)
}
try model.fit(train, validation: test, epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
print(try model.evaluate(test, loss: .categoricalCrossEntropy))
