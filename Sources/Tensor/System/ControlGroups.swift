/// The control groups of this process, with which Linux limits a container (`cgroups(7)`, versions 1 and 2).
///
/// The limit of a group also holds for all groups inside it. So the smallest limit counts, from the group of the
/// process up to the mounted root. Missing or malformed files set no limit.
package struct ControlGroups: Sendable {
  private let root: String
  private let memberships: [Membership]
  private let mounts: [Mount]

  /// Reads `/proc/self/cgroup` and `/proc/self/mountinfo` of the file system at `root`; by default, that of the
  /// machine.
  package init(root: String = "") {
    self.root = root
    memberships = SystemFile.lines(root + "/proc/self/cgroup").compactMap(Membership.init)
    mounts = SystemFile.lines(root + "/proc/self/mountinfo").compactMap(Mount.init)
  }

  /// The CPU quota, as a number of processors that may be used all the time; `nil` without a quota.
  package var processorQuota: Double? {
    folders(of: "cpu").compactMap(Self.quota).min()
  }

  /// How many more bytes the process may use until one of its groups reaches its limit; `nil` without a limit.
  ///
  /// Pages of files count as free, since the kernel drops them when memory is short.
  package var freeMemory: Int? {
    folders(of: "memory").compactMap(Self.freeMemory).min()
  }

  private static func quota(in folder: String) -> Double? {
    let words = SystemFile.words(folder + "/cpu.max")
    let quota = words.first.flatMap { Int($0) } ?? SystemFile.number(folder + "/cpu.cfs_quota_us")
    let period = words.dropFirst().first.flatMap { Int($0) } ?? SystemFile.number(folder + "/cpu.cfs_period_us")
    guard let quota, let period, quota > 0, period > 0 else { return nil }
    return Double(quota) / Double(period)
  }

  private static func freeMemory(in folder: String) -> Int? {
    let limits = [("memory.max", "memory.current", ""), ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_")]
    return limits.lazy.compactMap { limit, usage, prefix -> Int? in
      guard let limit = SystemFile.number("\(folder)/\(limit)"), limit >= 0 else { return nil }
      let used = SystemFile.number("\(folder)/\(usage)") ?? 0
      let files = ["active_file", "inactive_file"].reduce(0) {
        $0 + (SystemFile.number(of: prefix + $1, folder + "/memory.stat") ?? 0)
      }
      return max(limit - max(used - files, 0), 0)
    }.min()
  }

  /// The folders of the process's groups that may contain files of a controller.
  private func folders(of controller: Substring) -> [String] {
    memberships.filter { $0.controllers.isEmpty || $0.controllers.contains(controller) }.flatMap { membership in
      let mounts = mounts.filter {
        membership.controllers.isEmpty ? $0.type == "cgroup2" : $0.type == "cgroup" && $0.options.contains(controller)
      }
      let inside = mounts.compactMap { mount in mount.path(to: membership.group).map { (mount.point, $0) } }
      // If no mount contains the group, the mounted group is used: in some containers the group looks like this.
      return (inside.isEmpty ? mounts.map { ($0.point, []) } : inside).flatMap { point, path in
        (0...path.count).map { root + point + path.prefix($0).map { "/" + $0 }.joined() }
      }
    }
  }

  /// A line of `/proc/self/cgroup`, `number:controllers:group`. Without controllers it belongs to version 2.
  private struct Membership {
    let controllers: [Substring]
    let group: [Substring]

    init?(_ line: Substring) {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[2].utf8.first == UInt8(ascii: "/") else { return nil }
      controllers = fields[1].split(separator: ",")
      group = fields[2].split(separator: "/")
    }
  }

  /// A line of `/proc/self/mountinfo`: `36 35 0:31 /root /point rw,noatime shared:1 - cgroup cgroup rw,cpu,cpuacct`.
  private struct Mount {
    let root: [Substring]
    let point: String
    let type: Substring
    let options: [Substring]

    init?(_ line: Substring) {
      let fields = line.split(separator: " ")
      guard fields.count > 6, let end = fields[6...].firstIndex(of: "-"), end + 1 < fields.count else { return nil }
      root = fields[3].split(separator: "/")
      point = fields[4] == "/" ? "" : Self.unescaped(fields[4])
      type = fields[end + 1]
      options = end + 3 < fields.count ? fields[end + 3].split(separator: ",") : []
    }

    /// The names of the folders from the root of the mount to a group; `nil` if the group is not inside the mount.
    func path(to group: [Substring]) -> [Substring]? {
      guard group.starts(with: root), !group.contains("..") else { return nil }
      return Array(group.dropFirst(root.count))
    }

    /// A path with its octal escapes, `\040` for a space, replaced.
    private static func unescaped(_ path: Substring) -> String {
      var bytes: [UInt8] = []
      var rest = path.utf8[...]
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "\\"), let code = UInt8(String(rest.prefix(3)) ?? "", radix: 8) {
          bytes.append(code)
          rest.removeFirst(3)
        } else {
          bytes.append(byte)
        }
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
}
