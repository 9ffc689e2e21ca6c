import Data
import Input

/// The bytes are an EXIF block, in a JPEG that has nothing else.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { block in
    let content = Array("Exif\0\0".utf8) + block.prefix(65_000)
    let length = content.count + 2
    let frame: [UInt8] = [0xff, 0xc0, 0, 11, 8, 0, 1, 0, 1, 1, 1, 0x11, 0]
    let segment: [UInt8] = [0xff, 0xe1, UInt8(length >> 8), UInt8(length & 0xff)]
    _ = try ImageHeader(decoding: [0xff, 0xd8] + segment + content + frame)
  }
}
