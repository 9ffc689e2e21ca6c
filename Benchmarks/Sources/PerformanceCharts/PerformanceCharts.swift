import Foundation

/// Draws the pictures of Docs/performance.md: `PerformanceCharts race TABLE PICTURE` or `… scaling PICTURE`.
@main
struct PerformanceCharts {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("race", 3): try Race.write(from: arguments[2], to: arguments[3])
    case ("scaling", 2): try Scaling.write(to: arguments[2])
    default:
      FileHandle.standardError.write(Data("usage: PerformanceCharts race TABLE PICTURE | scaling PICTURE\n".utf8))
      exit(64)
    }
  }
}
