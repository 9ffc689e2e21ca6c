import Glibc
import Tensor
import Testing

struct ControlGroupsTests {
  private func quota(_ files: [String: String]) throws -> Double? {
    try withMachine(files) { ControlGroups(root: $0).processorQuota }
  }

  /// Files of version 2, a group of the process and the `cpu.max` of some folders.
  private func version2(_ group: String, _ quotas: [String: String], root: String = "/") -> [String: String] {
    var files = [
      "proc/self/cgroup": "0::\(group)\n",
      "proc/self/mountinfo": mountLine("ext4", at: "/") + mountLine("cgroup2", at: "/sys/fs/cgroup", root: root),
    ]
    for (folder, text) in quotas { files["sys/fs/cgroup\(folder)/cpu.max"] = text }
    return files
  }

  @Test func readsVersion2() throws {
    #expect(try quota(version2("/", ["": "250000 100000\n"])) == 2.5)
    #expect(try quota(version2("/a/b", ["/a/b": "50000 100000"])) == 0.5)
    #expect(try quota(version2("/a/b", ["/a/b": "max 100000"])) == nil)
    #expect(try quota(version2("/a/b", [:])) == nil)
  }

  @Test func theSmallestLimitOnTheWayCounts() throws {
    let files = version2(
      "/a/b/c", ["": "900000 100000", "/a": "150000 50000", "/a/b": "max 100000", "/a/b/c": "400000 100000"])
    #expect(try quota(files) == 3)
    // A group beside the way has no say.
    #expect(try quota(version2("/a", ["/a": "400000 100000", "/a/b": "100000 100000", "/c": "1000 100000"])) == 4)
  }

  @Test func readsVersion1() throws {
    let folder = "sys/fs/cgroup/cpu,cpuacct"
    var files = [
      "proc/self/cgroup": "12:memory:/other\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n",
      "proc/self/mountinfo": mountLine("cgroup", at: "/sys/fs/cgroup/memory", options: ",memory")
        + mountLine("cgroup", at: "/sys/fs/cgroup/cpu,cpuacct", options: ",cpu,cpuacct"),
      "\(folder)/docker/abc/cpu.cfs_quota_us": "350000\n", "\(folder)/docker/abc/cpu.cfs_period_us": "100000\n",
    ]
    #expect(try quota(files) == 3.5)
    files["\(folder)/docker/cpu.cfs_quota_us"] = "120000"
    files["\(folder)/docker/cpu.cfs_period_us"] = "60000"
    #expect(try quota(files) == 2)
    files["\(folder)/docker/cpu.cfs_quota_us"] = "-1"
    files["\(folder)/docker/abc/cpu.cfs_quota_us"] = "-1"
    #expect(try quota(files) == nil)
  }

  /// A container sees its own group as the root of the mount, and sometimes its group under another name.
  @Test func findsTheGroupOfAContainer() throws {
    #expect(try quota(version2("/docker/abc/x", ["/x": "200000 100000"], root: "/docker/abc")) == 2)
    #expect(try quota(version2("/docker/abc", ["": "200000 100000"], root: "/docker/abc")) == 2)
    #expect(try quota(version2("/docker/abcd", ["": "200000 100000"], root: "/docker/abc")) == 2)
    #expect(try quota(version2("/../outside", ["": "200000 100000", "/outside": "100000 100000"])) == 2)
    // Version 2 is mounted beside version 1, which has the controller.
    let hybrid = [
      "proc/self/cgroup": "3:cpu:/a\n0::/a\n",
      "proc/self/mountinfo": mountLine("cgroup", at: "/cg/cpu", options: ",cpu") + mountLine("cgroup2", at: "/cg/two"),
      "cg/cpu/a/cpu.cfs_quota_us": "70000", "cg/cpu/a/cpu.cfs_period_us": "10000", "cg/two/a/cgroup.procs": "1",
    ]
    #expect(try quota(hybrid) == 7)
    let spaced = [
      "proc/self/cgroup": "0::/my group\n", "proc/self/mountinfo": mountLine("cgroup2", at: "/my\\040mount"),
      "my mount/my group/cpu.max": "100000 100000",
    ]
    #expect(try quota(spaced) == 1)
  }

  @Test(arguments: [
    "", "max", "many 100000", "100000 0", "0 100000", "-5 100000", "100000 -1", "1e5 1e5",
    "99999999999999999999999 100000", "\0\0",
  ])
  func malformedQuotasSetNoLimit(text: String) throws {
    #expect(try quota(version2("/a", ["/a": text])) == nil)
    #expect(try quota(version2("/a", ["/a": text, "": "100000 100000"])) == 1)
  }

  @Test func malformedTablesSetNoLimit() throws {
    #expect(try quota([:]) == nil)
    for table in ["", "nonsense", "0::", "0:cpu", ":::", "0::relative", "\0"] {
      var files = version2("/", ["": "100000 100000"])
      files["proc/self/cgroup"] = table
      #expect(try [nil, 1].contains(quota(files)), "\(table)")
      files = version2("/", ["": "100000 100000"])
      files["proc/self/mountinfo"] = table + "\n1 2 3 4 5 6 7 -\n1 2 3 4 5 6 - \n - - - - - - - - -\n"
      #expect(try quota(files) == nil, "\(table)")
    }
  }

  @Test func threadsAreThoseOfTheQuotaRoundedUp() {
    #expect(Threads.available(processors: 64, quota: nil) == 64)
    #expect(Threads.available(processors: 64, quota: 2) == 2)
    #expect(Threads.available(processors: 64, quota: 1.01) == 2)
    #expect(Threads.available(processors: 64, quota: 0.1) == 1)
    #expect(Threads.available(processors: 2, quota: 7.5) == 2)
    #expect(Threads.available(processors: 0, quota: nil) == 1)
    #expect(Threads.available(processors: 4, quota: 1e300) == 4)
  }

  @Test func availableThreadsAreTheDefault() async {
    await #expect(processExitsWith: .success) {
      unsetenv("KILIM_THREADS")
      require(Threads.count == Threads.available, "the default is \(Threads.count)")
      Threads.count = Threads.available + 3
      require(Threads.count == Threads.available + 3, "more can be asked for")
    }
  }
}
