import Foundation

/// A program that ended with another code than 0.
struct ShellError: Error, CustomStringConvertible {
  let command: String
  let code: Int32
  let output: String

  var description: String { "\(command) ended with \(code):\n\(output)" }
}

/// Runs a program in a folder and returns what it printed.
@discardableResult
func run(_ command: String..., in folder: URL, environment: [String: String] = [:]) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  process.currentDirectoryURL = folder
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw ShellError(
      command: command.joined(separator: " "), code: process.terminationStatus, output: output)
  }
  return output
}
