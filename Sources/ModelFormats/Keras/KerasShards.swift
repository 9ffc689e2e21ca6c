import Serialization

/// Weights in several HDF5 files, as Keras 3.10 and later write those of large models: a JSON text names the files that hold
/// each folder of variables.
struct KerasShards {
  /// The files by their names.
  let files: [String: any ByteSource]
  /// The names of the files for each folder, such as `layers/dense/vars`.
  let folders: [ExactText: [String]]

  private static let mostFiles = 10_000

  /// Whether a text is one that names files of weights.
  static func isMap(_ json: JSON) -> Bool { json["weight_map"]?.members != nil }

  /// Opens all files.
  ///
  /// - Parameters:
  ///   - map: the JSON text.
  ///   - path: the file that it is, named by errors.
  ///   - place: what the text is called in it.
  ///   - open: opens a file by its name.
  /// - Throws: ``ModelFileError`` for a text of another form, and for a file that is missing.
  init(_ map: JSON, path: String, place: String, open: (String) throws -> any ByteSource) throws {
    func damaged(_ reason: String) -> ModelFileError {
      ModelFileError(path: path, place: place, problem: .damaged(reason))
    }
    guard let members = map["weight_map"]?.members else { throw damaged("it has no weight_map") }
    var folders: [ExactText: [String]] = [:]
    var names: Set<String> = []
    for (folder, value) in members {
      let listed = (value.elements ?? [value]).map(\.text)
      guard folder.hasPrefix("/"), !listed.isEmpty, !listed.contains(nil) else {
        throw damaged("the files of \"\(folder)\" are \(value)")
      }
      folders[ExactText(String(folder.dropFirst()))] = listed.compactMap { $0 }
      names.formUnion(listed.compactMap { $0 })
    }
    guard names.count <= Self.mostFiles else { throw damaged("it names \(names.count) files") }
    var files: [String: any ByteSource] = [:]
    for name in names.sorted() {
      // They stand beside the text. Bytes are compared: a slash and an accent behind it form a single `Character`.
      guard !name.isEmpty, name != "..", !name.utf8.contains(where: "/\\\0".utf8.contains) else {
        throw damaged("\"\(name)\" is not the name of a file beside it")
      }
      files[name] = try open(name)
    }
    (self.files, self.folders) = (files, folders)
  }

  /// Opens the files beside the text in a file.
  init(_ map: JSON, besideFile path: String) throws {
    try self.init(map, path: path, place: "weight_map") { name in
      do {
        return try RandomAccessFile(join(parent(of: path), name))
      } catch let error as FileError {
        guard error.reason == .missing else { throw error }
        throw ModelFileError(path: path, place: name, problem: .missing)
      }
    }
  }
}
