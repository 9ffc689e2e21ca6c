import Glibc
import Tensor

/// Allows this process only so many bytes of address space more than it has.
func limitAddressSpace(toFurther byteCount: Int) {
  var pages = 0
  let file = fopen("/proc/self/statm", "r")
  require(file != nil, "the system tells how much address space is in use")
  if let file {
    _ = withUnsafeMutablePointer(to: &pages) { pointer in withVaList([pointer]) { vfscanf(file, "%ld", $0) } }
    fclose(file)
  }
  require(pages > 0, "the process has address space")
  let bytes = rlim_t(pages * sysconf(Int32(_SC_PAGESIZE)) + byteCount)
  var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
  require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, "the address space can be limited")
}
