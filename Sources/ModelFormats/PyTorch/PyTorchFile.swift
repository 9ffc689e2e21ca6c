import Serialization
import Tensor

/// The weights in a `.pth` or `.pt` file: the state dict that `torch.save` wrote, as a ZIP archive or in the form of
/// before PyTorch 1.6.
///
/// ```swift
/// let file = try PyTorchFile(contentsOf: "resnet18.pth")
/// try model.load(pyTorch: file.tensors)
/// ```
///
/// Such a file is a pickle, which is a program. **Nothing of it is executed**: the reader knows the instructions and the
/// few names that state dicts are made of, gives each one fixed meaning, and refuses all others by name.
///
/// **Checkpoints.** The state dict may stand alone or under a name, such as `state_dict` or `model`. What stands beside it
/// is listed in ``skipped``. If all names begin with `module.` or `_orig_mod.`, which PyTorch's wrappers put in front,
/// these beginnings are taken off.
public struct PyTorchFile: Sendable {
  /// The tensors by their names in PyTorch: `layer1.0.conv1.weight`.
  public let tensors: [String: Tensor<Float>]
  /// The names in the order of the file, which is that in which the modules were made.
  public let names: [String]
  /// Where the state dict stands in the file, as `checkpoint.state_dict`; empty for the whole file.
  public let key: String
  /// The names of what was not read: entries beside the state dict, and entries in it that are no tensors.
  public let skipped: [String]

  /// Reads a file.
  ///
  /// Numbers of every type of PyTorch with at most 64 bits, `bool` and `bfloat16` among them, are converted to `Float`.
  /// Views of a shared storage become tensors of their own.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - key: the name of the state dict in a checkpoint that holds several: `generator`, or `models.generator`.
  ///   - limit: the largest file to read, in bytes.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` with the place in the file if it is damaged, holds
  ///   anything else than a state dict, or names something that a state dict does not need.
  public init(contentsOf path: String, key: String? = nil, limit: Int = 1 << 36) throws {
    try self.init(bytes: readFile(path, limit: limit), path: path, key: key)
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: where it came from, for error messages.
  ///   - key: the name of the state dict in a checkpoint that holds several.
  /// - Throws: as ``init(contentsOf:key:limit:)``.
  public init(bytes: [UInt8], path: String, key: String? = nil) throws {
    let format = ModelFileFormat(bytes: bytes)
    guard format == .pyTorch else {
      throw ModelFileError(path: path, other: format, expected: "the weights of PyTorch (.pth, .pt)")
    }
    let content =
      try bytes.starts(with: "PK".utf8) ? PyTorchContent(archive: bytes, path) : PyTorchContent(old: bytes, path)
    let dictionary = try StateDict(in: content.root, content.heap, key: key, path: path)
    let values = try content.tensors(dictionary.entries, path: path, fileByteCount: bytes.count)
    let prefix = Self.wrappers(around: dictionary.entries.map(\.name))
    names = dictionary.entries.map { String($0.name.dropFirst(prefix.count)) }
    tensors = try Dictionary(zip(names, values)) { _, _ in
      throw ModelFileError(path: path, place: "state dict", problem: .damaged("two tensors have one name"))
    }
    self.key = dictionary.key
    skipped = dictionary.skipped
  }

  /// What wrappers of a module have put in front of all names: `module.` those of parallel training, `_orig_mod.` the
  /// compiler.
  private static func wrappers(around names: [String]) -> String {
    var prefix = ""
    while !names.isEmpty,
      let next = ["module.", "_orig_mod."].first(where: { next in names.allSatisfy { $0.hasPrefix(prefix + next) } })
    {
      prefix += next
    }
    return prefix
  }
}
