import Glibc

/// The memory that the system has left for this process.
public enum SystemMemory {
  /// How many bytes of memory tensors can still take, or `nil` where the system does not tell.
  ///
  /// The least of what the machine has (`MemAvailable` of `/proc/meminfo`, which leaves swap space out), what the control
  /// groups of the process allow (a container's limit less its use), and what the limit of the address space
  /// (`ulimit -v`) leaves. Memory that earlier tensors have given back to Kilim's pool counts as available.
  ///
  /// Costs some ten microseconds. Other processes may take the memory at any moment.
  public static var available: Int? {
    available(root: "", addressSpaceLimit: addressSpaceLimit).map { $0 + StoragePool.shared.idleByteCount }
  }

  /// Gives memory that tensors no longer use back to the system.
  ///
  /// Kilim keeps such memory for the next tensors; it never holds more than twice what was in use at once, and gives all
  /// idle memory back by itself before an allocation fails. A program that does other work after a training may call this.
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

  /// Whether so many bytes fit into what is available and the swap space, as far as the system tells.
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
