import Serialization
import Tensor

extension TensorDataset {
  /// Reads pictures and their classes from two files in the IDX format, as MNIST, Fashion-MNIST and EMNIST come, packed by gzip
  /// or not: inputs `[N, 1, height, width]`.
  ///
  /// The files of EMNIST hold each picture column by column: read them with `transposed: true`, or the characters lie on their
  /// sides.
  ///
  /// ```swift
  /// let train = try TensorDataset(idxImages: "train-images-idx3-ubyte.gz", labels: "train-labels-idx1-ubyte.gz")
  /// ```
  ///
  /// - Parameters:
  ///   - images: the file of the pictures.
  ///   - labels: the file of the class of each.
  ///   - classes: the names of the classes; by default the numbers from 0.
  ///   - transposed: whether the file holds each picture column by column.
  ///   - scale: the factor for each value; 1/255 gives inputs from 0 to 1.
  ///   - mode: the form of the targets.
  ///   - limit: the largest file to read, in bytes, and the most bytes to unpack.
  /// - Throws: as `Tensor(idxFile:limit:)`; ``DatasetError`` for different numbers of pictures and classes;
  ///   ``TargetValueError`` for a number that is no class.
  public init(
    idxImages images: String, labels: String, classes: [String]? = nil, transposed: Bool = false,
    scale: Float = 1 / 255, targets mode: LabelMode = .oneHot, limit: Int = 4 << 30
  ) throws {
    let pixels = try Tensor<Float>(idxFile: images, limit: limit)
    guard pixels.rank == 3 else {
      throw ModelFileError(
        path: images, place: "array",
        problem: .mismatch(found: "the shape \(pixels.shape)", expected: "[N, height, width]"))
    }
    try self.init(
      images: transposed ? pixels.permuted([0, 2, 1]) : pixels, classNumbers: Tensor(idxFile: labels, limit: limit),
      classes: classes, scale: scale, mode: mode)
  }

  /// Makes a data set of pictures and the numbers of their classes, as arrays hold them.
  ///
  /// - Parameters:
  ///   - images: `[N, H, W]` for gray pictures, or `[N, H, W, C]`, which become inputs `[N, C, H, W]`.
  ///   - numbers: the number of the class of each, `[N]` or `[N, 1]`.
  ///   - classes: the names of the classes; by default the numbers from 0.
  ///   - scale: the factor for each value; 1/255 gives inputs from 0 to 1.
  ///   - mode: the form of the targets.
  /// - Throws: ``DatasetError`` for other shapes and different numbers of pictures and classes; ``TargetValueError`` for a number
  ///   that is no class.
  public init(
    images: Tensor<Float>, classNumbers numbers: Tensor<Float>, classes: [String]? = nil, scale: Float = 1 / 255,
    mode: LabelMode = .oneHot
  ) throws {
    guard images.rank == 3 || images.rank == 4 else {
      throw DatasetError.notArrays(found: images.shape, expected: "[N, H, W] or [N, H, W, C]")
    }
    let count = images.shape[0]
    guard numbers.shape == [count] || numbers.shape == [count, 1] else {
      throw DatasetError.notArrays(found: numbers.shape, expected: "[\(count)], the class of each of \(count) pictures")
    }
    let inputs = images.rank == 3 ? images.expandingShape(at: 1) : images.permuted([0, 3, 1, 2])
    try self.init(inputs: inputs * scale, targets: Targets(classNumbers: numbers.scalars, classes: classes), mode: mode)
  }
}
