import Serialization

/// The kind of a file that holds a model or its weights. The content of the file decides, never its name.
///
/// ```swift
/// switch try ModelFileFormat(contentsOf: path) {
/// case .keras, .hdf5Model, .onnx: model = try Model(contentsOf: path)
/// case .hdf5Weights: try model.loadWeights(from: path)
/// case .safetensors: try model.load(state: Safetensors(contentsOf: path).tensors)
/// case let format: print("\(path) is \(format)")
/// }
/// ```
///
/// Only as much is read of the content as tells the kinds apart. A file that begins as one of a kind does and is damaged
/// further on counts as of that kind: its reader reports the damage.
public enum ModelFileFormat: Sendable, Equatable, CaseIterable {
  /// A `.keras` archive: a whole model.
  case keras
  /// A whole model in an HDF5 file, `.h5` or `.hdf5`.
  case hdf5Model
  /// Weights without a model in an HDF5 file, `.weights.h5`.
  case hdf5Weights
  /// Another HDF5 file.
  case hdf5
  /// An archive of NumPy arrays.
  case npz
  /// One NumPy array.
  case npy
  /// Named tensors, `.safetensors`.
  case safetensors
  /// An ONNX graph.
  case onnx
  /// Tensors that PyTorch saved: an archive, or a pickle of before 2020.
  case pyTorch
  /// Another Python pickle.
  case pickle
  /// A TensorFlow Lite model.
  case tensorFlowLite
  /// A text in JSON, such as an architecture without weights.
  case json
  /// Another ZIP archive.
  case zip
  /// A file without bytes.
  case empty
  /// None of these.
  case unknown

  /// Tells the format of a file, of which it reads a few pieces.
  ///
  /// - Parameter path: the file.
  /// - Throws: `FileError` if the file cannot be read.
  public init(contentsOf path: String) throws {
    try self.init(RandomAccessFile(path))
  }

  /// Tells the format of the bytes of a file.
  public init(bytes: [UInt8]) {
    // Bytes in memory can always be read.
    self = (try? Self(MemoryBytes(bytes))) ?? .unknown
  }

  /// How much of the beginning tells a format.
  private static let beginning = 1 << 12

  package init(_ source: any ByteSource) throws {
    let bytes = try source.bytes(at: 0, count: Self.beginning)
    self =
      if bytes.isEmpty {
        .empty
      } else if HDF5Reader.recognizes(bytes) {
        Self.hdf5Kind(of: source)
      } else if bytes.starts(with: "PK".utf8) {
        Self.archiveKind(of: source, beginning: bytes)
      } else if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
        .npy
      } else if Self.beginsAsSafetensors(bytes, byteCount: source.byteCount) {
        .safetensors
      } else if bytes.dropFirst(4).starts(with: "TFL3".utf8) {
        .tensorFlowLite
      } else if bytes.count > 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
        // From protocol 4 on, the length of a frame comes first.
        [2, 11].contains { bytes.dropFirst($0).starts(with: Self.pyTorchNumber) } ? .pyTorch : .pickle
      } else if FileKind.beginsAsONNX(bytes) {
        .onnx
      } else if [0x7B, 0x5B].contains(bytes.first { !" \n\r\t".utf8.contains($0) }) {
        .json
      } else {
        .unknown
      }
  }
}

extension ModelFileFormat: CustomStringConvertible {
  /// The format in a few words, with an article: "a ZIP archive".
  public var description: String {
    switch self {
    case .keras: "a Keras model (.keras)"
    case .hdf5Model: "a Keras model in HDF5 (.h5)"
    case .hdf5Weights: "weights of Keras without a model (.weights.h5)"
    case .hdf5: "an HDF5 file that Keras did not write"
    case .npz: "NumPy arrays (.npz)"
    case .npy: "a NumPy array (.npy)"
    case .safetensors: "tensors (.safetensors)"
    case .onnx: "an ONNX model"
    case .pyTorch: "a PyTorch file"
    case .pickle: "a Python pickle"
    case .tensorFlowLite: "a TensorFlow Lite model"
    case .json: "a JSON text"
    case .zip: "a ZIP archive of another kind"
    case .empty: "an empty file"
    case .unknown: "a file of an unknown format"
    }
  }
}

extension ModelFileFormat {
  private static func hdf5Kind(of source: any ByteSource) -> ModelFileFormat {
    do {
      let file = try HDF5Reader(source, path: "")
      if try file.texts("model_config", of: "/") != nil { return .hdf5Model }
      if try file.texts("layer_names", of: "/") != nil { return .hdf5Weights }
      // Keras on Windows wrote the name of a group inside another as one name with a backslash.
      let groups = try file.children(of: "/").map { $0.split(separator: "\\").first ?? "" }
      return groups.contains { $0 == "layers" || $0 == "_layer_checkpoint_dependencies" } ? .hdf5Weights : .hdf5
    } catch {
      // Its reader reports what cannot be read.
      return .hdf5Model
    }
  }

  private static func archiveKind(of source: any ByteSource, beginning bytes: [UInt8]) -> ModelFileFormat {
    guard let names = try? ZipReader(source, path: "").names else {
      // An archive that was cut short has lost its list of names; `.keras` files begin with one of these.
      return ["metadata.json", "config.json"].contains { bytes.dropFirst(30).starts(with: $0.utf8) } ? .keras : .zip
    }
    if names.contains("config.json") { return .keras }
    if names.contains(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }) { return .pyTorch }
    return names.isEmpty || !names.allSatisfy { $0.hasSuffix(".npy") } ? .zip : .npz
  }

  /// The number that `torch.save` put before its data, pickled.
  private static let pyTorchNumber: [UInt8] = [0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  /// The length of the header, then the header, an object of JSON.
  private static func beginsAsSafetensors(_ bytes: [UInt8], byteCount: Int) -> Bool {
    guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { return false }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return length >= 2 && length <= UInt64(byteCount - 8)
  }
}

extension ModelFileError {
  /// The error for a whole file of another format than the one that is needed.
  init(path: String, other format: ModelFileFormat, expected: String) {
    let problem: Problem =
      switch format {
      case .empty: .damaged("the file is empty")
      case .unknown: .damaged("it does not begin as a file of a known format does; expected \(expected)")
      default: .unsupported(found: "\(format)", expected: expected)
      }
    self.init(path: path, place: "file", problem: problem)
  }
}

/// Throws an error if a file of a format must not replace the file at a path. `.keras` and `.npz` are ZIP archives, as text
/// documents and collected photos are, so the first bytes alone do not tell.
///
/// - Throws: `FileError` when the path holds a file of another format, unless any file may be replaced.
package func requireReplaceable(_ path: String, by format: ModelFileFormat, _ policy: ReplacePolicy) throws {
  guard policy == .sameKind, case .file = PathContent(path) else { return }
  let found = try ModelFileFormat(contentsOf: path)
  guard found == format else {
    throw FileError(path: path, action: .write, reason: .holdsOther(found: "\(found)", expected: "\(format)"))
  }
}
