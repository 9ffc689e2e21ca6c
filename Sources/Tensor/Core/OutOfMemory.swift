import CKernels
import Glibc

/// Ends the process since memory is short: one line on standard error that says what was asked for, then exit code 1.
///
/// Not by a trap as ``stop(_:)``: Swift's report of a trap takes long, and memory of its own.
package func stopOutOfMemory(_ request: @autoclosure () -> String) -> Never {
  let available = SystemMemory.available.map { ", \($0) bytes are available" } ?? ""
  let line = "error: out of memory: \(request())\(available)\n"
  kilim_flush_standard_output()
  var bytes = Array(line.utf8)[...]
  while !bytes.isEmpty {
    let written = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    if written < 0 && errno == EINTR { continue }
    guard written > 0 else { break }
    bytes.removeFirst(written)
  }
  _exit(EXIT_FAILURE)
}
