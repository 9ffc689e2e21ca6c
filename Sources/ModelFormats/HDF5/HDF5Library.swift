import CHDF5
import Serialization
import Tensor

/// libhdf5 keeps global state without protection, so one task at a time works with it.
private let lock = Lock(())

/// Runs `body` as the only user of libhdf5 in the process.
package func withHDF5<Result: Sendable>(_ body: () throws -> Result) rethrows -> Result {
  try lock.withLock { _ in
    // Where the library keeps its error settings per thread, they must be made on this one.
    _ = chdf5_be_quiet()
    return try body()
  }
}

/// An object of libhdf5, released when its owner goes away. To be used inside ``withHDF5(_:)``.
struct HDF5Handle: ~Copyable {
  let id: hid_t

  /// Takes over what a function of the library returned.
  init(_ id: hid_t) throws(HDF5Failure) {
    self.id = try checked(id)
  }

  deinit { H5Idec_ref(id) }
}

/// The library's own word for what went wrong.
struct HDF5Failure: Error {
  let reason: String
}

/// Throws the error of the library if a function answered with a negative number.
@discardableResult
func checked<Answer: SignedInteger>(_ answer: Answer) throws(HDF5Failure) -> Answer {
  if answer >= 0 { return answer }
  throw HDF5Failure(reason: chdf5_error().map { String(cString: $0) } ?? "HDF5 gives no reason")
}

/// Runs `body` and reports its failure with the file and the place in it.
func reporting<Result: ~Copyable>(
  _ path: String, _ place: String, _ body: () throws(HDF5Failure) -> Result
) throws -> Result {
  do throws(HDF5Failure) {
    return try body()
  } catch {
    throw ModelFileError(path: path, place: place, problem: .damaged(error.reason))
  }
}

/// A name for a file in memory: the library takes two open files of one name for the same.
func uniqueFileName() -> String {
  "kilim-\(UInt64.random(in: .min ... .max))"
}

/// A number that is written to datasets.
package protocol HDF5Scalar: BitwiseCopyable {
  /// What the number is in a file: a type of the library.
  static var fileType: Int64 { get }
  /// What the number is in memory: a type of the library.
  static var memoryType: Int64 { get }
}

extension Float: HDF5Scalar {
  package static var fileType: Int64 { chdf5_float32() }
  package static var memoryType: Int64 { chdf5_native_float() }
}

extension Int64: HDF5Scalar {
  package static var fileType: Int64 { chdf5_int64() }
  package static var memoryType: Int64 { chdf5_native_int64() }
}
