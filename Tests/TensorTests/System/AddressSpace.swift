import Glibc
import Tensor

/// Allows this process only so many bytes of address space more than it has, as long as `body` runs.
///
/// The limit goes away before the process ends: a thread of OpenBLAS that begins under it asks for memory again and again,
/// and the end of the process waits for that thread.
func withAddressSpace(limitedToFurther byteCount: Int, _ body: () -> Void) {
  // Otherwise each thread that begins under the limit takes up to 128 MB of it for its small objects.
  limitToOneArena()
  var pages = 0
  let file = fopen("/proc/self/statm", "r")
  require(file != nil, "the system tells how much address space is in use")
  if let file {
    _ = withUnsafeMutablePointer(to: &pages) { pointer in withVaList([pointer]) { vfscanf(file, "%ld", $0) } }
    fclose(file)
  }
  require(pages > 0, "the process has address space")
  let resource = __rlimit_resource_t(RLIMIT_AS.rawValue)
  var former = rlimit()
  require(getrlimit(resource, &former) == 0, "the limit can be read")
  var limit = former
  limit.rlim_cur = rlim_t(pages * sysconf(Int32(_SC_PAGESIZE)) + byteCount)
  require(setrlimit(resource, &limit) == 0, "the address space can be limited")
  body()
  require(setrlimit(resource, &former) == 0, "the limit can be raised again")
}

/// `mallopt(M_ARENA_MAX, 1)`, which Swift's module of the C library leaves out.
private func limitToOneArena() {
  guard let address = dlsym(nil, "mallopt") else { return }
  let mallopt = unsafeBitCast(address, to: (@convention(c) (Int32, Int32) -> Int32).self)
  let arenaLimit: Int32 = -8
  _ = mallopt(arenaLimit, 1)
}
