import Input
import ModelFormats
import NN

/// Whole ONNX files, also with a shape for inputs that a file leaves open.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { bytes in
    do {
      _ = try Model(onnx: bytes, path: "input.onnx")
    } catch {
      _ = try Model(onnx: bytes, path: "input.onnx", inputShapes: ["input": [3, 8, 8]])
    }
  }
}
