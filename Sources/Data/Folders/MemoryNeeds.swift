import Tensor

/// Throws an error if work needs more memory than is available.
///
/// - Parameters:
///   - purpose: what the memory is for; the error names it.
///   - byteCount: the number of bytes that it needs.
/// - Throws: ``DatasetError/notEnoughMemory(for:byteCount:available:)``.
func requireMemory(_ purpose: String, _ byteCount: Int) throws(DatasetError) {
  let available = SystemMemory.available ?? Int.max - 1
  guard byteCount > available else { return }
  throw .notEnoughMemory(for: purpose, byteCount: byteCount, available: available)
}

/// The product of two numbers that are not negative, or the largest number where that is too small for it.
package func saturatingProduct(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? .max : product
}

/// The quotient of two numbers that are not negative, rounded up.
func roundedUpQuotient(_ a: Int, _ b: Int) -> Int { a / b + (a % b > 0 ? 1 : 0) }

extension Preprocessing {
  /// The bytes that one input takes while it is made: three as bytes in two orders, three as floating point.
  var workingByteCount: Int {
    saturatingProduct(saturatingProduct(imageSize.height, imageSize.width), 3 * (2 + 4))
  }

  /// Throws an error if not even one input fits into memory.
  func requireMemoryForOne() throws(DatasetError) {
    try requireMemory("one input of \(imageSize) pixels", workingByteCount)
  }
}
