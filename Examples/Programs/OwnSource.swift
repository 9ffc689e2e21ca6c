import Kilim

// Your own source of examples has three members. `Examples/Database` shows one that reads a SQLite table.
struct Catalogue: ExampleSource {
  let products: [(name: String, jpeg: [UInt8], kind: String)]
  var count: Int { products.count }
  func item(at index: Int) throws -> Photo { .data(products[index].jpeg, name: products[index].name) }
  func target(at index: Int) throws -> String { products[index].kind }
}

let jpeg = try readFile("cat.jpg", limit: 1 << 20)
let catalogue = Catalogue(products: (0..<8).map { ("product \($0)", jpeg, $0 % 2 == 0 ? "kitchen" : "light") })
let photos = try PhotoSet(catalogue, imageSize: 16, storage: .streamed)
let model = try Sequential(input: photos.images.inputShape) {
  Conv2D(8, kernelSize: 3, activation: .relu)
  GlobalAveragePool2D()
  Dense(photos.classes.count, activation: .softmax)
}
try model.fit(photos.images, epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
print(model.classes, photos.images.counts)
