/// Luma and both colour differences of a picture, one value of each for a pixel.
struct ColourPlanes: ~Copyable {
  /// How many bytes lie between the starts of rows.
  let stride: Int
  private let rows: Int
  let bytes: UnsafeMutableBufferPointer<UInt8>

  /// Gray planes, with room for `rows` rows each.
  init(stride: Int, rows: Int) {
    self.stride = stride
    self.rows = rows
    bytes = .allocate(capacity: 3 * rows * stride)
    bytes.initialize(repeating: 128)
  }

  deinit {
    bytes.deallocate()
  }

  func row(_ index: Int, of plane: Int) -> UnsafePointer<UInt8> {
    UnsafePointer(bytes.baseAddress! + (plane * rows + index) * stride)
  }
}
