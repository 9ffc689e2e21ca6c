import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

@Suite struct ModelFileFormatTests {
  @Test(arguments: [
    ("Keras/3.0.5/trained.keras", ModelFileFormat.keras), ("Keras/3.15.1/mobile.keras", .keras),
    ("Keras/kinds/windows.keras", .keras), ("Keras/3.15.1/grouped.h5", .hdf5Model),
    ("Keras/kinds/older.h5", .hdf5Model),
    ("Keras/kinds/mapped.weights.h5", .hdf5Weights), ("HDF5/numbers.h5", .hdf5), ("HDF5/latest.h5", .hdf5),
    ("Zip/plain.zip", .zip), ("PyTorch/network.safetensors", .safetensors), ("PyTorch/network.x.npy", .npy),
    ("PyTorch/kinds.pth", .pyTorch), ("PyTorch/kinds.old.pth", .pyTorch), ("PyTorch/protocol4.old.pth", .pyTorch),
    ("make_keras.py", .unknown),
  ])
  func theContentTellsTheFormat(file: String, format: ModelFileFormat) throws {
    let folder = try TemporaryFolder()
    // The name plays no part.
    try writeAtomically(fixture(file), to: folder.path("file.txt"))
    #expect(try ModelFileFormat(contentsOf: folder.path("file.txt")) == format)
  }

  @Test func whatKilimWritesIsTold() throws {
    let folder = try TemporaryFolder()
    let model = try Sequential(input: [3, 5, 5]) {
      Conv2D(2, kernelSize: 3)
      Flatten()
      Dense(2)
    }
    try model.save(to: folder.path("a"))
    try model.saveWeights(to: folder.path("b"))
    try NPZ(tensors: model.state).write(to: folder.path("c"))
    try model.exportONNX(to: folder.path("d"))
    try Safetensors(tensors: model.state).write(to: folder.path("e"))
    let formats = try ["a", "b", "c", "d", "e"].map { try ModelFileFormat(contentsOf: folder.path($0)) }
    #expect(formats == [.keras, .hdf5Weights, .npz, .onnx, .safetensors])
  }

  /// Text documents and collected photos are ZIP archives as `.keras` and `.npz` are, and other programs write HDF5 too.
  @Test func onlyAFileOfTheSameFormatIsReplaced() throws {
    let folder = try TemporaryFolder()
    let model = try Sequential(input: [2]) { Dense(2) }
    let writers: [(format: ModelFileFormat, write: (String, ReplacePolicy) throws -> Void)] = [
      (.keras, { try model.save(to: $0, replacing: $1) }),
      (.npz, { try NPZ(tensors: model.state).write(to: $0, replacing: $1) }),
      (.hdf5Weights, { try model.saveWeights(to: $0, replacing: $1) }),
      (.onnx, { try model.exportONNX(to: $0, replacing: $1) }),
    ]
    let photos = try zipArchive(of: [ZipEntry(name: "photos/cat.jpg", bytes: [0xFF, 0xD8, 0xFF])], for: "photos.zip")
    var others = [("photos.zip", photos), ("numbers.h5", try fixture("HDF5/numbers.h5"))]
    for (format, write) in writers {
      let path = folder.path("model of \(others.count)")
      try write(path, .sameKind)
      try write(path, .sameKind)
      #expect(try ModelFileFormat(contentsOf: path) == format)
      others.append((path, try readFile(path, limit: 1 << 20)))
    }
    for (name, bytes) in others {
      let path = folder.path("file")
      let found = ModelFileFormat(bytes: bytes)
      for (format, write) in writers where format != found {
        try writeAtomically(bytes, to: path, replacing: .anyFile)
        let error = #expect(throws: FileError.self, "\(format) over \(name)") { try write(path, .sameKind) }
        #expect(error?.path == path && error?.action == .write)
        #expect(try readFile(path, limit: 1 << 20) == bytes, "\(format) over \(name)")
        try write(path, .anyFile)
        #expect(try ModelFileFormat(contentsOf: path) == format)
      }
    }
  }

  @Test(
    arguments: [
      ([], ModelFileFormat.empty), (Array("{\"class_name\": \"Sequential\"}".utf8), .json),
      (Array(" \n[1]".utf8), .json),
      ([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E], .pyTorch),
      ([0x80, 0x04, 0x95, 0x01], .pickle), ([0x1C, 0, 0, 0] + Array("TFL3".utf8), .tensorFlowLite),
      ([0x50], .unknown), ([0x80], .unknown), ([0x08, 0x08], .unknown), (Array("hello".utf8), .unknown),
    ] as [([UInt8], ModelFileFormat)])
  func otherFilesAreTold(bytes: [UInt8], format: ModelFileFormat) {
    #expect(ModelFileFormat(bytes: bytes) == format)
  }

  /// A valid file of another kind is not called damaged, and the message says what it is.
  @Test(arguments: [
    ("Keras/kinds/mapped.weights.h5", "weights of Keras"), ("PyTorch/network.safetensors", "safetensors"),
    ("PyTorch/network.x.npy", "NumPy array"), ("Zip/plain.zip", "ZIP archive"), ("HDF5/numbers.h5", "HDF5"),
  ])
  func aFileOfAnotherKindIsNotCalledDamaged(file: String, word: String) throws {
    for read in [
      { try Sequential(contentsOf: $0) }, { _ = try KerasFile(contentsOf: $0) },
    ] as [(String) throws -> Any] {
      let error = #expect(throws: ModelFileError.self) { try read(fixturePath(file)) }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains(word) && !text.contains("damaged"), "\(text)")
    }
  }

  @Test func aWholeModelIsReadAsSuch() throws {
    let model = try Sequential(input: [2]) { Dense(2) }
    // The weights in it are those of other layers.
    let error = #expect(throws: ModelFileError.self) {
      try model.loadWeights(from: fixturePath("Keras/3.15.1/grouped.h5"))
    }
    #expect(error?.place == "layer_names")
    let legacy = #expect(throws: ModelFileError.self) { try KerasFile(contentsOf: fixturePath("Keras/kinds/older.h5")) }
    #expect(legacy.map { "\($0)" }?.contains("Model(contentsOf:)") == true)
  }
}
