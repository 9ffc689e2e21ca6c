import Foundation
import Testing

/// Processes on several hosts: network namespaces that `Scripts/with-hosts` makes and removes.
@Suite(.serialized, .enabled(if: HostsRun.absence == nil, "\(HostsRun.absence ?? "")"))
struct HostsTests {
  /// The results, to the bit, do not depend on where the ranks run.
  @Test func ranksOfSeveralHostsWorkTogether() throws {
    let run = try HostsRun("collectives", hosts: 3, link: ["rate", "1gbit"])
    #expect(run.status == 0, "\(run.text)")
    #expect(try run.lines == ProbeRun("collectives", ranks: 3).lines)
  }

  @Test func theHostsHaveTheirOwnNames() throws {
    let run = try HostsRun("identity", hosts: 3)
    for rank in 0..<3 { #expect(run.lines[rank] == ["3 ranks on 3 host, true"], "\(run.text)") }
  }

  /// A link that is cut ends the ranks on both of its sides: `mpirun` notices first, or the ranks do. `mpirun` itself may wait for a
  /// machine that it cannot reach, until TCP gives up; so it is ended here once the ranks are.
  @Test func aCutLinkEndsAll() throws {
    let run = try HostsRun("cut", hosts: 2)
    #expect(run.status != 0)
    let words = [
      "rank 0 on host0 has waited 5 s in a barrier for rank 1 on host1", "lost communication with a remote daemon",
    ]
    #expect(words.contains { run.text.contains($0) }, "\(run.text)")
    #expect(run.text.contains("no rank is left"), "\(run.text)")
  }
}

/// The run of a scenario of `DistributedProbe` with a rank on each of several hosts.
private struct HostsRun {
  let status: Int32
  let lines: [Int: [String]]
  let text: String

  /// Why there can be no hosts here; `nil` if there can.
  static let absence: String? = {
    if let absence = ProbeRun.absence { return absence }
    guard let result = try? run(["true"], hosts: 1, link: ["rate", "1gbit"]) else { return "no shell" }
    return result.status == 0 ? nil : result.text.trimmingCharacters(in: .whitespacesAndNewlines)
  }()

  init(_ scenario: String, hosts: Int, link: [String] = []) throws {
    // The shell puts in what `with-hosts` knows.
    let command = """
      mpirun --allow-run-as-root -n \(hosts) --host $(echo $KILIM_HOSTS | sed 's/,/:1,/g'):1 \
      --mca plm_rsh_agent $KILIM_AGENT --mca btl tcp,self --mca btl_tcp_if_include $KILIM_NETWORK \
      --mca oob_tcp_if_include $KILIM_NETWORK --mca oob_tcp_keepalive_time 2 --mca oob_tcp_keepalive_intvl 1 \
      --mca oob_tcp_keepalive_probes 3 \(ProbeRun.probe.path) \(scenario) &
      mpirun=$!
      ranks() {
        for host in 0 1 2; do ip netns pids $KILIM_NAMESPACE-$host 2> /dev/null; done | while read -r process; do
          cat /proc/$process/comm 2> /dev/null
        done | grep -c DistributedProb
      }
      while kill -0 $mpirun 2> /dev/null; do
        sleep 0.1
        if [ $(ranks) -gt 0 ]; then begun=1; continue; fi
        [ -z "$begun" ] || { echo no rank is left; sleep 1; kill -9 $mpirun 2> /dev/null; }
      done
      wait $mpirun
      """
    (status, text) = try Self.run(["sh", "-c", command], hosts: hosts, link: link)
    lines = ProbeRun.lines(in: text)
  }

  private static func run(_ command: [String], hosts: Int, link: [String]) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = script
    process.arguments = ["\(hosts)"] + link + ["--"] + command
    let output = Pipe()
    (process.standardOutput, process.standardError) = (output, output)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Scripts/with-hosts").standardizedFileURL
}
