import CKernels
import Glibc
import Synchronization

/// The number of threads that Kilim computes on.
public enum Threads {
  private static let setting = Atomic<Int>(initialCount)

  /// The number of threads, the calling one included; at least 1.
  ///
  /// By default ``available``. The environment variable `KILIM_THREADS` sets another number before the first use; what is
  /// no whole number of at least 1 is named on standard error and not used. An assignment sets it at any time. A number above ``available`` makes work slower. Numbers below 1 count as 1.
  /// The results have the same bits for every number of threads.
  public static var count: Int {
    get { setting.load(ordering: .relaxed) }
    set { setting.store(max(newValue, 1), ordering: .relaxed) }
  }

  /// How many threads this process can run at once: the number of processors that it may use (its affinity, `taskset`),
  /// but no more than the CPU quota of its container allows, rounded up. At least 1.
  ///
  /// The quota is the smallest of the process's control group and of all groups around it: `cpu.max` of version 2,
  /// `cpu.cfs_quota_us` and `cpu.cfs_period_us` of version 1.
  public static var available: Int {
    available(processors: Int(kilim_available_processors()), quota: ControlGroups().processorQuota)
  }

  /// ``available`` from the number of processors and a quota in processors.
  package static func available(processors: Int, quota: Double?) -> Int {
    let allowed = quota.flatMap { Int(exactly: $0.rounded(.up)) } ?? processors
    return max(min(processors, allowed), 1)
  }

  private static var initialCount: Int {
    guard let text = getenv("KILIM_THREADS").map({ String(cString: $0) }), !text.isEmpty else { return available }
    if let count = Int(text), count >= 1 { return count }
    let message =
      "kilim: KILIM_THREADS is \(text.debugDescription), a whole number of at least 1 is needed; "
      + "\(counted(available, "thread")) \(available == 1 ? "is" : "are") used\n"
    // A message that cannot be written is no reason to stop.
    _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
    return available
  }
}
