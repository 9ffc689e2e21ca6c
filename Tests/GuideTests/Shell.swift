import Foundation
import TestSupport

/// A program that ended with another code than 0.
struct ShellError: Error, CustomStringConvertible {
  let command: String
  let code: Int32
  let output: String

  var description: String { "\(command.prefix(200)) ended with \(code):\n\(output)" }
}

/// Runs a program in a folder and returns all that it printed.
@discardableResult
func run(_ command: [String], in folder: URL) throws -> String {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = command
  process.currentDirectoryURL = folder
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let output = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw ShellError(command: command.joined(separator: " "), code: process.terminationStatus, output: output)
  }
  return output
}
