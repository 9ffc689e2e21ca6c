import Data
import Input
import Tensor

/// Data sets in files of arrays: IDX and CIFAR, packed by gzip or not. The first byte chooses.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { bytes in
    let path = try scratchFile(Array(bytes.dropFirst()))
    switch (bytes.first ?? 0) % 4 {
    case 0: _ = try Tensor<Float>(idxFile: path, limit: 1 << 20)
    case 1: _ = try TensorDataset(idxImages: path, labels: path, limit: 1 << 20)
    case 2: try readPhotos(.cifar10, path)
    default: try readPhotos(.cifar100, path)
    }
  }
}

private func readPhotos(_ kind: CIFARPhotos.Kind, _ path: String) throws {
  let photos = try CIFARPhotos(contentsOf: [path], kind: kind)
  for index in 0..<min(photos.count, 4) { _ = (photos.item(at: index), photos.target(at: index)) }
}
