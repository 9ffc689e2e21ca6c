import CKernels
import Glibc
import Synchronization

/// How many threads Kilim computes on.
public enum Threads {
  private static let setting = Atomic<Int>(initialCount)

  /// The number of threads, the calling one included; at least 1.
  ///
  /// At first the value of the environment variable `KILIM_THREADS`, otherwise the number of processors that the
  /// process may use. Results do not depend on it.
  public static var count: Int {
    get { setting.load(ordering: .relaxed) }
    set { setting.store(max(newValue, 1), ordering: .relaxed) }
  }

  private static var initialCount: Int {
    if let text = getenv("KILIM_THREADS"), let count = Int(String(cString: text)), count >= 1 { return count }
    return max(Int(kilim_available_processors()), 1)
  }
}
