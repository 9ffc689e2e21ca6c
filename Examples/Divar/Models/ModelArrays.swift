import ArgumentParser
import Kilim

/// The order of the axes of images, and of images in sequence, in a file of arrays.
enum ArrayLayout: String, ExpressibleByArgument, CaseIterable {
  /// `[N, H, W, C]`, `[N, T, H, W, C]`.
  case nhwc
  /// `[N, C, H, W]`, `[N, T, C, H, W]`.
  case nchw

  /// The axes of a batch of examples in this order: axis i in the file is axis `axes(rank:)[i]` of the batch.
  func axes(rank: Int) -> [Int] {
    guard self == .nhwc, rank > 3 else { return Array(0..<rank) }
    return Array(0..<rank - 3) + [rank - 2, rank - 1, rank - 3]
  }
}

/// The inputs of a model from a file of arrays.
struct ModelArrays {
  private let path: String
  private let inputs: [Tensor<Float>]
  private let layout: ArrayLayout

  /// Reads the inputs.
  ///
  /// - Parameters:
  ///   - path: an `.npy` file for a model with one input, or an `.npz` file.
  ///   - model: the model.
  ///   - layout: the order of the axes of images; `nil` for the one that fits.
  /// - Throws: `FileError` and `ModelFileError` for files that cannot be read, ``ModelArrayError`` for arrays that do not
  ///   fit the model.
  init(_ path: String, for model: Model, layout: ArrayLayout?) throws {
    let arrays = try Self.arrays(in: path, for: model)
    var batches: [Shape] = []
    for (name, array) in zip(model.inputNames, arrays) {
      guard array.shape.rank >= 1 else {
        throw ModelArrayError(
          path: path, problem: "the array \"\(name)\" is a single number; expected a batch of examples")
      }
      batches.append(array.shape)
    }
    if let other = batches.first(where: { $0[0] != batches[0][0] }) {
      throw ModelArrayError(
        path: path, problem: "the arrays have \(batches[0][0]) and \(other[0]) examples; expected as many in each")
    }
    let layouts = layout.map { [$0] } ?? ArrayLayout.allCases
    let fitting = layouts.filter { layout in
      zip(model.inputShapes, batches).allSatisfy { Self.fits($1, $0, layout) }
    }
    guard let found = fitting.first else {
      let expected = layouts.map { layout in
        model.inputShapes.map { Self.text(Self.batchShape(of: $0, layout)) }.joined(separator: " and ")
      }
      throw ModelArrayError(
        path: path,
        problem: "found \(batches.map(\.description).joined(separator: " and ")), expected "
          + Array(Set(expected)).sorted().joined(separator: " or "))
    }
    // Images of one channel are the same in either order, and features have none.
    if fitting.count > 1, let image = model.inputShapes.first(where: { $0.rank > 2 && $0[$0.rank - 3] != 1 }) {
      throw ModelArrayError(
        path: path, problem: "images \(image) may have either order; add --layout nhwc or --layout nchw")
    }
    (self.path, self.layout) = (path, found)
    inputs = zip(model.inputShapes, arrays).map { Self.example($1, $0, found) }
  }

  /// The sizes of one example in a file of arrays, for an input that leaves some of them open.
  ///
  /// - Parameters:
  ///   - name: the input.
  ///   - example: its sizes in the order of the model, as far as they are fixed.
  ///   - path: the file.
  ///   - layout: the order of the axes of images; `nil` for the one that fits.
  /// - Throws: as the initializer.
  static func shape(ofInput name: String, _ example: [Int?], in path: String, layout: ArrayLayout?) throws -> Shape? {
    let array: Shape?
    switch try ModelFileFormat(contentsOf: path) {
    case .npy: array = try Tensor<Float>(npyFile: path).shape
    case .npz:
      let found = try NPZ(contentsOf: path).tensors
      array = (found[name] ?? (found.count == 1 ? found.values.first : nil))?.shape
    default: array = nil
    }
    guard let array else { return nil }
    let candidates = (layout.map { [$0] } ?? ArrayLayout.allCases).map { layout in
      let axes = layout.axes(rank: array.rank)
      return axes.indices.sorted { axes[$0] < axes[$1] }.map { array[$0] }.dropFirst()
    }
    let fitting = candidates.first { sizes in
      sizes.count == example.count && zip(sizes, example).allSatisfy { $1 == nil || $0 == $1 }
    }
    guard let fitting else {
      let sizes = example.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
      throw ModelArrayError(
        path: path, problem: "the array for \"\(name)\" is \(array), and the model takes examples of [\(sizes)]")
    }
    return Shape(Array(fitting))
  }

  /// The arrays in the order of the model's inputs.
  private static func arrays(in path: String, for model: Model) throws -> [Tensor<Float>] {
    let names = model.inputNames
    switch try ModelFileFormat(contentsOf: path) {
    case .npy where names.count == 1: return [try Tensor(npyFile: path)]
    case .npz:
      let found = try NPZ(contentsOf: path).tensors
      if names.count == 1, found.count == 1 { return Array(found.values) }
      return try names.map { name in
        guard let array = found[name] else {
          throw ModelArrayError(
            path: path,
            problem:
              "it holds \(found.keys.sorted().joined(separator: ", ")); expected \(names.joined(separator: ", "))")
        }
        return array
      }
    case let format:
      let expected = names.count == 1 ? "a NumPy array (.npy)" : "an .npz file with \(names.joined(separator: ", "))"
      throw ModelArrayError(path: path, problem: "it is \(format); expected \(expected)")
    }
  }

  /// The shape that a batch of such examples has in a file, with 0 for the number of examples.
  private static func batchShape(of example: Shape, _ layout: ArrayLayout) -> Shape {
    let batch = [0] + Array(example)
    return Shape(layout.axes(rank: batch.count).map { batch[$0] })
  }

  private static func text(_ batch: Shape) -> String {
    "[\((["N"] + batch.dropFirst().map(String.init)).joined(separator: ", "))]"
  }

  private static func fits(_ batch: Shape, _ example: Shape, _ layout: ArrayLayout) -> Bool {
    let inner = Shape(batch.dropFirst())
    if inner == Shape(batchShape(of: example, layout).dropFirst()) { return true }
    // An image of one channel may lack the axis.
    return example.rank == 3 && example[0] == 1 && inner == Shape(example.dropFirst())
  }

  private static func example(_ array: Tensor<Float>, _ example: Shape, _ layout: ArrayLayout) -> Tensor<Float> {
    if example.rank == 3, array.shape.rank == 3 { return array.reshaped(to: Shape([array.shape[0]] + Array(example))) }
    let axes = layout.axes(rank: array.shape.rank)
    return array.permuted(axes.indices.sorted { axes[$0] < axes[$1] })
  }

  /// What a model makes of the arrays, computed for some examples at once.
  ///
  /// - Throws: ``ModelArrayError`` for a number that a layer of the model has no row for.
  func results(of model: Model, batchSize: Int) throws -> [Tensor<Float>] {
    do {
      try model.checkLookUps(inputs)
    } catch {
      throw ModelArrayError(path: path, problem: "\(error)")
    }
    let count = inputs[0].shape[0]
    let starts = count == 0 ? [0] : Array(stride(from: 0, to: count, by: batchSize))
    let batches = starts.map { start in
      model.outputs(of: inputs.map { $0[start..<min(start + batchSize, count)] })
    }
    return (0..<model.outputCount).map { index in
      let whole = batches.count == 1 ? batches[0][index] : Tensor(concatenating: batches.map { $0[index] }, axis: 0)
      return whole.permuted(layout.axes(rank: whole.shape.rank)).contiguous()
    }
  }
}

/// Arrays that do not fit a model.
struct ModelArrayError: Error, CustomStringConvertible {
  /// The file.
  let path: String
  /// What was found, and what is needed.
  let problem: String

  /// A sentence for the user.
  var description: String { "\(path): \(problem)" }
}
