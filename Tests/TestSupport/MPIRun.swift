import Foundation

/// The program that starts several processes.
public enum MPIRun {
  /// Where it is; `nil` if it is not installed.
  public static let path = ["/usr/bin/mpirun", "/usr/local/bin/mpirun"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// Why tests that need it do not run.
  public static let absence = "mpirun is not installed (apt-get install openmpi-bin)"
}
