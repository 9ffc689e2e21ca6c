/// Runs a reader on the bytes that libFuzzer has made.
///
/// A reader may throw whatever it likes; it may not end the process, read where it has no right to, or take more
/// memory than the limits that `Fuzz/run` sets. Each of these stops the fuzzer, which then keeps the bytes.
///
/// - Returns: 0, as libFuzzer expects.
public func read(_ data: UnsafePointer<UInt8>, _ count: Int, with reader: ([UInt8]) throws -> Void) -> CInt {
  do { try reader(Array(UnsafeBufferPointer(start: data, count: count))) } catch {}
  return 0
}
