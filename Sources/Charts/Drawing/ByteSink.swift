import CCairo

/// Collects the bytes that cairo writes.
final class ByteSink {
  private(set) var bytes: [UInt8] = []

  /// A pointer to this object, which cairo passes to `append`. The object must exist as long as cairo uses the pointer.
  var pointer: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  /// cairo's write function; the closure is the sink's `pointer`.
  static let append: @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, UInt32) -> cairo_status_t = {
    closure, data, count in
    guard let closure else { return CAIRO_STATUS_WRITE_ERROR }
    let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
    sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
    return CAIRO_STATUS_SUCCESS
  }
}
