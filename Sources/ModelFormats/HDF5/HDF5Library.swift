import CHDF5
import Serialization
import Tensor

/// libhdf5 has global state without locks, so only one task at a time may call it.
private let lock = Lock(())

/// Runs `body` while no other task calls libhdf5.
package func withHDF5<Result: Sendable>(_ body: () throws -> Result) rethrows -> Result {
  try lock.withLock { _ in
    // Some builds of the library keep their error settings per thread, so they are set here for the current thread.
    _ = chdf5_be_quiet()
    return try body()
  }
}

/// An object of libhdf5, released when this value goes out of scope. Use it inside ``withHDF5(_:)`` only.
struct HDF5Handle: ~Copyable {
  let id: hid_t

  /// Takes ownership of the identifier that a function of the library returned.
  init(_ id: hid_t) throws(HDF5Failure) {
    self.id = try checked(id)
  }

  deinit { H5Idec_ref(id) }
}

/// An error of the library, in the library's own words.
struct HDF5Failure: Error {
  let reason: String
}

/// Throws the error of the library if a function returned a negative number.
@discardableResult
func checked<Answer: SignedInteger>(_ answer: Answer) throws(HDF5Failure) -> Answer {
  if answer >= 0 { return answer }
  throw HDF5Failure(reason: chdf5_error().map { String(cString: $0) } ?? "HDF5 gives no reason")
}

/// Runs `body`. The error that it throws names the file and the place in the file.
func reporting<Result: ~Copyable>(
  _ path: String, _ place: String, _ body: () throws(HDF5Failure) -> Result
) throws -> Result {
  do throws(HDF5Failure) {
    return try body()
  } catch {
    throw ModelFileError(path: path, place: place, problem: .damaged(error.reason))
  }
}

/// A unique name for a file in memory: the library treats two open files with the same name as one file.
func uniqueFileName() -> String {
  "kilim-\(UInt64.random(in: .min ... .max))"
}

/// A type of number that can be written to datasets.
package protocol HDF5Scalar: BitwiseCopyable {
  /// The library's identifier of the type in a file.
  static var fileType: Int64 { get }
  /// The library's identifier of the type in memory.
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
