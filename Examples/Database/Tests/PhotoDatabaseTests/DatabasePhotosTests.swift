import Foundation
import GRDB
import Kilim
import PhotoDatabase
import Testing

/// A model learns from photos in a SQLite file.
@Suite final class DatabasePhotosTests {
  private let path = NSTemporaryDirectory() + "photos-\(UUID().uuidString).sqlite"

  init() throws { try drawPhotos(to: path, count: 24) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @Test func aModelIsTrainedAndPredicts() throws {
    let photos = try PhotoSet(DatabasePhotos(path), imageSize: 16, storage: .streamed)
    #expect(photos.count == 24 && photos.classes == ["dark", "light"])
    let (train, test) = try photos.split(testShare: 0.25, seed: 7, stratify: true)
    let model = try Sequential(input: train.inputShape, seed: 1) {
      GlobalAveragePool2D()
      Dense(photos.classes.count, activation: .softmax)
    }
    let history = try model.fit(
      train, validation: test, epochs: 30, batchSize: 6, optimizer: Adam(learningRate: 0.2),
      loss: .categoricalCrossEntropy)
    #expect(history.epochs.count == 30)
    for (name, shade) in [("dark", 40), ("light", 220)] as [(String, UInt8)] {
      let photo = Image(width: 20, height: 30, pixels: [UInt8](repeating: shade, count: 3 * 20 * 30))
      let answer = try model.classify(photo)
      #expect(answer.count == 2 && answer[0].name == name, "\(answer.classes)")
    }
  }

  /// A photo that goes away after the database was opened is an error that names it.
  @Test func aMissingPhotoIsNamed() throws {
    let source = try DatabasePhotos(path)
    #expect(source.count == 24 && source.target(at: 1) == "light")
    guard case .data(let bytes, name: "photo 2") = try source.item(at: 1) else {
      Issue.record("photo 2 has no bytes")
      return
    }
    #expect(try Image(decoding: bytes).width == 32)
    try DatabaseQueue(path: path).write { try $0.execute(sql: "DELETE FROM photo WHERE id = 2") }
    let error = #expect(throws: MissingPhoto.self) { try source.item(at: 1) }
    #expect(error?.id == 2)
  }
}
