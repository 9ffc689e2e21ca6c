import Foundation
import Tensor
import Testing

struct SystemMemoryTests {
  private let meminfo = [
    "proc/meminfo": "MemTotal:  8000 kB\nMemFree: 10 kB\nMemAvailable:   4000 kB\nSwapFree: 7 kB\n"
  ]
  private let version2 = [
    "proc/self/cgroup": "0::/a/b\n", "proc/self/mountinfo": mountLine("cgroup2", at: "/cg"),
    "cg/a/b/memory.max": "max\n", "cg/a/b/memory.current": "900\n", "cg/a/memory.max": "5000\n",
    "cg/a/memory.current": "1500\n", "cg/a/memory.stat": "anon 700\nactive_file 100\ninactive_file 400\n",
  ]

  private func available(_ files: [String: String], addressSpaceLimit: Int? = nil) throws -> Int? {
    try withMachine(files) { SystemMemory.available(root: $0, addressSpaceLimit: addressSpaceLimit) }
  }

  @Test func readsTheMachine() throws {
    #expect(try available(meminfo) == 4_000 * 1_024)
    #expect(try available([:]) == nil)
    #expect(try available(["proc/meminfo": "MemAvailable:\nMemFree: 1 kB\n"]) == nil)
  }

  /// 1,500 bytes are in use, 500 of them pages of files.
  @Test func readsVersion2() throws {
    #expect(try available(version2) == 4_000)
    #expect(try available(version2.merging(meminfo) { $1 }) == 4_000)
    #expect(try available(version2.merging(["cg/a/b/memory.max": "2000"]) { $1 }) == 1_100)
    #expect(try available(version2.merging(["cg/a/memory.max": "700"]) { $1 }) == 0)
    #expect(try available(version2.merging(["cg/a/memory.max": "a lot"]) { $1 }) == nil)
  }

  @Test func readsVersion1() throws {
    let files = [
      "proc/self/cgroup": "9:memory:/x\n", "proc/self/mountinfo": mountLine("cgroup", at: "/cg", options: ",memory"),
      "cg/x/memory.limit_in_bytes": "3000", "cg/x/memory.usage_in_bytes": "2500",
      "cg/x/memory.stat": "inactive_file 1\ntotal_active_file 600\ntotal_inactive_file 400\n",
      "cg/memory.limit_in_bytes": "9223372036854771712", "cg/memory.usage_in_bytes": "800000",
    ]
    #expect(try available(files) == 1_500)
  }

  @Test func obeysTheLimitOfTheAddressSpace() throws {
    let files = meminfo.merging(["proc/self/statm": "10 5 3 1 0 4 0\n"]) { $1 }
    let page = sysconf(Int32(_SC_PAGESIZE))
    #expect(try available(files, addressSpaceLimit: 12 * page) == 2 * page)
    #expect(try available(files, addressSpaceLimit: 9 * page) == 0)
    #expect(try available(files, addressSpaceLimit: 1 << 40) == 4_000 * 1_024)
  }

  @Test func thisMachineTells() throws {
    let available = try #require(SystemMemory.available)
    #expect(available > 1 << 20 && available < 1 << 50)
  }
}
