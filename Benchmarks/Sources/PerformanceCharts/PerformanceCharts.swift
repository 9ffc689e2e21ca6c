import Foundation

/// Makes what Docs/performance.md shows: `PerformanceCharts race TABLE PICTURE`, `… scaling PICTURE`, `… machines PICTURE` or
/// `… roofline PAGE`.
@main
struct PerformanceCharts {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("race", 3): try Race.write(from: arguments[2], to: arguments[3])
    case ("machines", 2): try Machines.write(to: arguments[2])
    case ("roofline", 2): try Roofline.write(to: arguments[2])
    case ("scaling", 2): try Scaling.write(to: arguments[2])
    default:
      let usage = "usage: PerformanceCharts race TABLE PICTURE | scaling PICTURE | machines PICTURE | roofline PAGE\n"
      FileHandle.standardError.write(Data(usage.utf8))
      exit(64)
    }
  }
}
