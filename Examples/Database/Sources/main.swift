import Foundation
import GRDB
import Kilim

// Trains a classifier on photos in a SQLite database. Without an argument it draws a small one first.
let path = CommandLine.arguments.dropFirst().first ?? NSTemporaryDirectory() + "photos-\(UUID().uuidString).sqlite"
if CommandLine.arguments.count < 2 {
  try DatabaseQueue(path: path).write { database in
    try database.execute(sql: "CREATE TABLE photo (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, file BLOB NOT NULL)")
    for number in 0..<40 {
      let (kind, shade) = number % 2 == 0 ? ("dark", 60) : ("light", 200)
      let pixels = (0..<32 * 32 * 3).map { UInt8((shade + $0 * (number + 7) % 50) % 256) }
      let file = try Image(width: 32, height: 32, pixels: pixels).png()
      try database.execute(
        sql: "INSERT INTO photo (kind, file) VALUES (?, ?)", arguments: [kind, Foundation.Data(file)])
    }
  }
}

let photos = try PhotoSet(DatabasePhotos(path), imageSize: 16, storage: .streamed)
let (train, test) = try photos.split(testShare: 0.25, seed: 7, stratify: true)
let model = try Sequential(input: train.inputShape) {
  Conv2D(8, kernelSize: 3, activation: .relu)
  GlobalAveragePool2D()
  Dense(photos.classes.count, activation: .softmax)
}
try model.fit(
  train, validation: test, epochs: 20, optimizer: Adam(learningRate: 0.05), loss: .categoricalCrossEntropy)
print(try model.evaluate(test, loss: .categoricalCrossEntropy).report())
