import Kilim

/// A trained network that makes features of photos.
struct Backbone {
  /// The network up to its features.
  let model: Model
  /// How photos become its inputs.
  let preprocessing: Preprocessing

  /// Reads a model and cuts off its classifier.
  ///
  /// - Parameters:
  ///   - path: the model, as for ``readModel(_:)``.
  ///   - layer: the layer that makes the features; `nil` for the last one before the classifier.
  ///   - imageSize: the size that the user asks for.
  ///   - exact: whether JPEGs are decoded at their full size, whatever the model says.
  /// - Throws: the errors of reading; ``ModelMeaningError`` if it is not known how photos become inputs, or they have
  ///   another size.
  init(
    _ path: String, layer: String?, imageSize: ImageSize? = nil, exact: Bool = false,
    meaning: PhotoMeaningOptions? = nil
  ) throws {
    let whole = try readModel(path, imageSize: imageSize ?? meaning?.imageSize)
    try meaning?.complete(whole, from: path)
    if exact { whole.preprocessing?.exact = true }
    guard let preprocessing = whole.preprocessing else {
      throw ModelMeaningError(
        path: path,
        problem:
          "the file does not say how a photo becomes the model's input: files that other programs write do not. Import it "
          + "with divar import and --scale (1/255 for inputs from 0 to 1, 1 for 0 to 255), --mean, --deviation, --colours "
          + "where they differ from the defaults, or with --network, which knows them")
    }
    if let imageSize, imageSize != preprocessing.imageSize {
      throw ModelMeaningError(
        path: path, problem: "it takes photos of \(preprocessing.imageSize) pixels, --image-size says \(imageSize)")
    }
    do {
      model = try layer.map { try whole.upTo($0) } ?? whole.withoutClassifier()
    } catch let error as ModelError {
      throw ModelMeaningError(path: path, problem: "\(error); --layer names the layer that makes the features")
    }
    self.preprocessing = preprocessing
  }

  /// Checks that the layer makes a row of features, which a classifier can be trained on.
  func requireFeatures(from path: String) throws(ModelMeaningError) {
    guard let shape = model.outputShape, shape.rank != 1 else { return }
    throw ModelMeaningError(
      path: path,
      problem:
        "its layer \(model.outputNames[0]) makes \(shape) of each photo; expected a row of features: name another with "
        + "--layer, such as the last pooling or flattening, which divar summary shows")
  }
}

/// Runs `body`, which computes features. If the network makes no finite numbers, the error names its file.
func withFeatures<Result>(from path: String, _ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let error as FeatureError {
    guard case .notFinite = error else { throw error }
    throw ModelMeaningError(path: path, problem: "\(error)")
  }
}

/// Prints how far the features of photos are, on one line of a terminal or at the end.
struct FeatureProgress {
  private let start = ContinuousClock.now

  /// Prints what is done of a data set, named in words.
  func show(_ name: String, _ done: Int, _ count: Int) {
    guard done == count else { return }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    Console.note("features of \(counted(count, "\(name) photo")) in \(Int(seconds.rounded())) s")
  }
}
