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

  /// A link that is cut ends the ranks on both of its sides, and `mpirun`, which by itself waits for a machine that it cannot reach
  /// until TCP gives up.
  @Test func aCutLinkEndsAll() throws {
    let run = try HostsRun("cut", hosts: 2)
    #expect(run.status != 0)
    let words = "rank 0 on host0 has waited 5 s in a barrier for rank 1 on host1, which does not answer"
    #expect(run.text.contains(words), "\(run.text)")
    #expect(run.text.contains("mpirun has ended"), "\(run.text)")
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
    // The shell puts in what `with-hosts` knows. mpirun runs on the first host, as it usually does.
    let command = """
      $KILIM_AGENT ${KILIM_HOSTS%%,*} mpirun --allow-run-as-root -n \(hosts) --host $(echo $KILIM_HOSTS | sed 's/,/:1,/g'):1 \
      --mca plm_rsh_agent $KILIM_AGENT --mca btl tcp,self --mca btl_tcp_if_include $KILIM_NETWORK \
      --mca oob_tcp_if_include $KILIM_NETWORK \(ProbeRun.probe.path) \(scenario)
      status=$?
      echo mpirun has ended
      exit $status
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
