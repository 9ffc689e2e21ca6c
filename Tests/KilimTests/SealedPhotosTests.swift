import Foundation
import Kilim
import TestSupport
import Testing

/// A sealed file gives Kilim's answers for real photos of many sizes, with onnxruntime alone.
///
/// With `KILIM_ALL_PHOTOS` it looks at all 3,781 photos of `clothing`, which takes minutes; otherwise at a few of each class.
@Suite struct SealedPhotosTests {
  private static let clothing = shared("data/clothing")
  private static let perClass =
    ProcessInfo.processInfo.environment["KILIM_ALL_PHOTOS"] == nil ? 8 : Int.max
  private static let script =
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/run_sealed.py").path

  /// Puts photos of each class into folders.
  private func copyPhotos(of source: String, to folder: TemporaryFolder) throws {
    let manager = FileManager.default
    for name in try manager.contentsOfDirectory(atPath: source).sorted() {
      let place = folder.path("photos/\(name)")
      try manager.createDirectory(atPath: place, withIntermediateDirectories: true)
      for photo in try manager.contentsOfDirectory(atPath: "\(source)/\(name)").sorted().prefix(Self.perClass) {
        try manager.createSymbolicLink(atPath: "\(place)/\(photo)", withDestinationPath: "\(source)/\(name)/\(photo)")
      }
    }
  }

  /// The same photos in other sizes: smaller than the input, much larger, and long.
  private func resizedCopies(of paths: [String], in folder: TemporaryFolder) throws -> [String] {
    try paths.enumerated().flatMap { index, path in
      let photo = try Image(contentsOfFile: path)
      return try [(30, 41), (1500, 1130), (700, 31), (48, 48)].enumerated().map { number, size in
        let copy = folder.path("\(index)-\(number).png")
        let resized = photo.resized(to: ImageSize(height: size.0, width: size.1))
        try Foundation.Data(resized.png()).write(to: URL(filePath: copy))
        return copy
      }
    }
  }

  @Test(
    .enabled(if: clothing != nil, "the photos are missing"),
    .enabled(if: PythonEnvironment.has("onnxruntime"), Comment(rawValue: PythonEnvironment.absence)))
  func answersForRealPhotosAreThoseOfKilim() throws {
    let folder = try TemporaryFolder()
    try copyPhotos(of: #require(Self.clothing), to: folder)
    // Other programs decode JPEGs at their full size.
    let photos = try ImageFolder(
      folder.path("photos"), preprocessing: Preprocessing(imageSize: 48, exact: true)
    ).images
    let model = try Sequential(input: photos.inputShape, seed: 1) {
      Conv2D(16, kernelSize: 5, stride: 2, activation: .relu)
      Conv2D(32, kernelSize: 3, stride: 2, activation: .relu)
      GlobalMaxPool2D()
      Dense(photos.classes.count, activation: .softmax)
    }
    // A trained network is as sensitive to its input as those that people have.
    try model.fit(
      photos, epochs: photos.count > 1000 ? 3 : 40, batchSize: 16, optimizer: Adam(learningRate: 0.005),
      loss: .categoricalCrossEntropy)
    let everyTenth = stride(from: 0, to: photos.count, by: max(photos.count / 10, 1)).map { photos.paths[$0] }
    let paths = photos.paths + (try resizedCopies(of: everyTenth, in: folder))
    try paths.joined(separator: "\n").write(toFile: folder.path("list"), atomically: true, encoding: .utf8)
    try model.exportSealedONNX(to: folder.path("model.onnx"))
    let (succeeded, output) = try PythonEnvironment.run(
      Self.script, [folder.path("model.onnx"), folder.path("list"), folder.path("found")])
    try #require(succeeded, "\(output)")
    let names = try String(contentsOfFile: folder.path("found.txt"), encoding: .utf8).split(separator: "\n")
    let found = try Tensor<Float>(npyFile: folder.path("found.npy"))
    try #require(names.count == paths.count && found.shape == [paths.count, photos.classes.count])
    let sizes = try String(contentsOfFile: folder.path("found.sizes"), encoding: .utf8)
    #expect(try #require(Int(sizes)) >= 6, "the photos have \(sizes) sizes")
    let (predictor, rows) = (try PhotoPredictor(model), found.scalars)
    var (largest, likeliest) = (Float(0), Set<String>())
    for (index, path) in paths.enumerated() {
      let answer = try predictor.classify(contentsOfFile: path)
      #expect(names[index] == answer[0].name, "\(path)")
      likeliest.insert(answer[0].name)
      for (number, name) in photos.classes.enumerated() {
        let expected = try #require(answer.first { $0.name == name }).probability
        largest = max(largest, abs(rows[index * photos.classes.count + number] - expected))
      }
    }
    #expect(largest < 1e-4, "probabilities differ by up to \(largest)")
    #expect(likeliest.count > 2, "the network tells \(likeliest)")
  }
}
