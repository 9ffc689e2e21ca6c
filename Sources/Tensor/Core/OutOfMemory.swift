import CKernels
import Glibc

/// Ends the process because there is not enough memory: one line on standard error says what was requested; the exit
/// code is 1.
///
/// It does not trap as ``stop(_:)`` does, since Swift's report of a trap takes long and needs memory.
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
