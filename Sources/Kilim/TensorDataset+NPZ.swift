import Data
import ModelFormats
import Serialization
import Tensor

extension TensorDataset {
  /// Reads pictures and their classes from an `.npz` file as `tf.keras.datasets` stores them: arrays of pictures and of class
  /// numbers.
  ///
  /// ```swift
  /// let train = try TensorDataset(npz: "mnist.npz", images: "x_train", labels: "y_train")
  /// let test = try TensorDataset(npz: "mnist.npz", images: "x_test", labels: "y_test", classes: train.classes)
  /// ```
  ///
  /// Pictures are `[N, H, W]` or `[N, H, W, C]`, and become inputs `[N, C, H, W]`.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - images: the name of the array of pictures.
  ///   - labels: the name of the array of class numbers, `[N]` or `[N, 1]`.
  ///   - classes: the names of the classes; by default the numbers from 0.
  ///   - scale: the factor for each value; 1/255 gives inputs from 0 to 1.
  ///   - mode: the form of the targets.
  /// - Throws: as `NPZ(contentsOf:)`; `ModelFileError` if an array is missing; `DatasetError` for other shapes;
  ///   `TargetValueError` for a number that is no class.
  public init(
    npz path: String, images: String = "x_train", labels: String = "y_train", classes: [String]? = nil,
    scale: Float = 1 / 255, targets mode: LabelMode = .oneHot
  ) throws {
    let tensors = try NPZ(contentsOf: path).tensors
    func array(_ name: String) throws -> Tensor<Float> {
      guard let tensor = tensors[name] else { throw ModelFileError(path: path, place: name, problem: .missing) }
      return tensor
    }
    try self.init(
      images: array(images), classNumbers: array(labels), classes: classes, scale: scale, mode: mode)
  }
}
