import Foundation
import Kilim
import PhotoDatabase

// Trains a classifier on photos in a SQLite database. Without an argument it draws a small one first.
let path = CommandLine.arguments.dropFirst().first ?? NSTemporaryDirectory() + "photos-\(UUID().uuidString).sqlite"
if CommandLine.arguments.count < 2 { try drawPhotos(to: path) }

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
