import Kilim

/// A lower bound of the memory that a computation needs. It is checked before any data is read, so that a computation
/// that cannot fit fails at once.
struct MemoryNeed {
  /// The number of bytes. It is a `Double`, since a product of options can be larger than any `Int`.
  private var bytes: Double

  /// To train the original network: its parameters with their gradients and the two means of Adam, and for each photo
  /// of a batch the input and the output of each pooling, which the backward pass needs.
  init(training imageSize: ImageSize, batchSize: Int) {
    let pixels = Double(imageSize.height) * Double(imageSize.width)
    let flattened = Double(imageSize.height / 16) * Double(imageSize.width / 16) * 512
    // The four convolutions, and the first dense layer.
    let parameters = 1_550_976 + flattened * 32
    // A photo has 3 numbers for each pixel. The poolings give 64, 128, 256 and 512 channels with 1/4, 1/16, 1/64 and
    // 1/256 of the pixels.
    bytes = 4 * (4 * parameters + Double(batchSize) * pixels * (3 + 16 + 8 + 4 + 2))
  }

  /// To run a model: the inputs of a batch.
  init(running model: Model, batchSize: Int) {
    bytes = 4 * Double(batchSize) * Double(model.inputShape?.elementCount ?? 0)
  }

  /// To run any network: a batch of photos.
  init(photos imageSize: ImageSize, batchSize: Int) {
    bytes = 4 * 3 * Double(imageSize.height) * Double(imageSize.width) * Double(batchSize)
  }

  /// - Throws: ``MemoryNeedError`` when the system has less.
  ///
  /// - Parameter options: the options that decide, with their values.
  func check(_ options: String) throws(MemoryNeedError) {
    guard let available = SystemMemory.available, bytes > Double(available) else { return }
    throw MemoryNeedError(options: options, needed: bytes, available: Double(available))
  }
}

/// A computation that cannot fit into memory.
struct MemoryNeedError: Error, CustomStringConvertible {
  /// The options that decide, with their values.
  let options: String
  /// The least number of bytes that are needed.
  let needed: Double
  /// The number of bytes that are available.
  let available: Double

  /// A sentence for the user.
  var description: String {
    "not enough memory: \(options) needs at least \(byteText(needed)), and \(byteText(available)) are available; "
      + "choose smaller numbers"
  }
}
