import Glibc

/// The memory that is available to this process.
public enum SystemMemory {
  /// The number of bytes that tensors can still use; `nil` if the system does not tell.
  ///
  /// It is the smallest of three numbers: the available memory of the machine (`MemAvailable` of `/proc/meminfo`,
  /// without swap space), the rest of the limit of the process's control groups (a container's limit minus its use),
  /// and the rest of the limit of the address space (`ulimit -v`). Idle memory in Kilim's pool counts as available.
  ///
  /// Cost: some ten microseconds. Other processes may take the memory at any moment.
  public static var available: Int? {
    available(root: "", addressSpaceLimit: addressSpaceLimit).map { $0 + StoragePool.shared.idleByteCount }
  }

  /// Returns memory that tensors no longer use to the system.
  ///
  /// Kilim keeps such memory for the next tensors. It never holds more than twice the largest amount ever in use at
  /// once, and returns all idle memory before an allocation fails. Call this in a program that does other work after a
  /// training.
  public static func releaseIdle() {
    StoragePool.shared.releaseIdleMemory()
  }

  /// The same as ``available`` without the pool, from the files of the file system at `root` and a limit of the address
  /// space in bytes.
  package static func available(root: String, addressSpaceLimit: Int?) -> Int? {
    let machine = SystemFile.number(of: "MemAvailable:", root + "/proc/meminfo").map { $0 * 1_024 }
    let addressSpace = addressSpaceLimit.map { limit in
      let pages = SystemFile.words(root + "/proc/self/statm").first.flatMap { Int($0) } ?? 0
      return max(limit - pages * sysconf(Int32(_SC_PAGESIZE)), 0)
    }
    return [machine, ControlGroups(root: root).freeMemory, addressSpace].compactMap(\.self).min()
  }

  /// Whether `byteCount` bytes fit into the available memory and the swap space, as far as the system tells.
  static func hasRoom(for byteCount: Int) -> Bool {
    guard let available = available(root: "", addressSpaceLimit: addressSpaceLimit) else { return true }
    return byteCount <= available + (SystemFile.number(of: "SwapFree:", "/proc/meminfo") ?? 0) * 1_024
  }

  private static var addressSpaceLimit: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    return Int(exactly: limit.rlim_cur)
  }
}
