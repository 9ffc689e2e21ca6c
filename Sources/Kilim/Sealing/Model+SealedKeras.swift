import Data
import ModelFormats
import NN
import Serialization
import Tensor
import Training

extension Model {
  /// Writes the model as a `.keras` file that takes photos as numbers from 0 to 255, `[N, H, W, 3]` in Keras, and gives what
  /// ``sealedForKeras()`` gives.
  ///
  /// With the default way to resize, the photos of a batch may have any size: the resize is in the file, as operations of
  /// Keras. With other filters, framings and crops, photos have the size of the input already.
  ///
  /// A file for photos of any size is opened by Keras 3.0.5 and later. Kilim does not open it: it has no layers of open
  /// size. In Keras the resize takes 768 bytes of memory, several times if it is not compiled, for each column of the
  /// photo and row of the input. ``exportSealedONNX(to:replacing:)`` takes less, and knows all ways to resize.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: which files may be replaced; by default, only `.keras` files.
  /// - Returns: whether the photos may have any size.
  /// - Throws: as ``sealedForKeras()``; `ModelFileError` naming a layer that Keras lacks, before a file is touched;
  ///   `FileError` if the file cannot be written.
  @discardableResult
  public func exportSealedKeras(to path: String, replacing: ReplacePolicy = .sameKind) throws -> Bool {
    let sealed = try sealedForKeras()
    guard let preprocessing, preprocessing.isExpressedByKeras else {
      try sealed.save(to: path, replacing: replacing)
      return false
    }
    let photo = Input(preprocessing.inputShape, name: "photo")
    let whole = try Model(input: photo, output: sealed(photo, name: "sealed"))
    whole.metadata = sealed.metadata
    whole.metadata[KerasFile.sealedKey] =
      "photo: numbers from 0 to 255 [N, height, width, 3], red, green and blue, of any size"
    var file = KerasFile(model: whole)
    file.photoResize = KerasPhotoResize(height: preprocessing.imageSize.height, width: preprocessing.imageSize.width)
    try file.write(to: path, replacing: replacing)
    return true
  }
}

extension Preprocessing {
  /// Whether operations of Keras make the same pixels.
  fileprivate var isExpressedByKeras: Bool { resize == .bilinearAntialiased && framing == .stretch && cropShare == 1 }
}
