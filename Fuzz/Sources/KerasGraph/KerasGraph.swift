import Foundation
import Input
import ModelFormats
import NN
import Serialization

/// The weights that every model gets: those of a few dense layers, so that some models with variables are completed.
private let weights: [UInt8] = {
  let path = FileManager.default.temporaryDirectory.appending(path: "kilim-fuzz-\(getpid()).weights.h5").path
  defer { try? FileManager.default.removeItem(atPath: path) }
  do {
    let model = try Sequential(input: [4]) {
      Dense(4)
      Dense(4)
      BatchNorm()
    }
    try model.saveWeights(to: path)
    return try readFile(path, limit: 1 << 20)
  } catch {
    fatalError("the weights cannot be made: \(error)")
  }
}()

/// The description of a model, `config.json`, with weights that are always the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { bytes in
    let archive = storedArchive([("config.json", bytes), ("model.weights.h5", weights)])
    let model = try Model(keras: archive, path: "input.keras")
    _ = model.summary()
    try model.checkSavable()
  }
}
