import ArgumentParser
@preconcurrency import Glibc
import Kilim

@main
struct Divar: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "divar",
    abstract: "Trains a classifier on photos of classified ads, and uses it.",
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "Get photos", subcommands: [CollectCommand.self, DemoDataCommand.self, InspectCommand.self]),
      CommandGroup(
        name: "Train and measure",
        subcommands: [
          RateCommand.self, TrainCommand.self, AddClassCommand.self, EvaluateCommand.self, CompareCommand.self,
          ReportCommand.self,
        ]),
      CommandGroup(
        name: "Use a model",
        subcommands: [
          PredictCommand.self, ExplainCommand.self, RunCommand.self, FeaturesCommand.self, SummaryCommand.self,
        ]),
      CommandGroup(
        name: "Exchange models with other programs",
        subcommands: [BackbonesCommand.self, ImportCommand.self, ExportCommand.self]),
      CommandGroup(name: "Measure speed", subcommands: [BenchCommand.self]),
    ])

  /// Runs the command in the arguments. All output is checked: if a line could not be written, the exit code is not 0.
  static func main() async {
    Console.prepare()
    SignalWatch.endContainer(at: endSignals)
    SignalWatch.endAtQuit()
    var code: Int32
    do {
      code = try await end(of: Array(CommandLine.arguments.dropFirst()))
      try Console.finish()
    } catch {
      // If the reader of a pipe is gone, no error is printed.
      if !error.isClosedPipe { Console.complain("Error: \(error)") }
      code = error.isClosedPipe ? 128 + SIGPIPE : 1
    }
    // What `mpirun` has started leaves it at the end.
    if Distributed.isStartedByMPI { Glibc.exit(code) }
    // Not `exit`: it waits for the threads of OpenBLAS, which never end if they have got no memory.
    LiveView.restoreTerminal()
    fflush(nil)
    _exit(code)
  }

  /// The error with the usage of the command that it is about.
  private static func message(of error: any Error, _ arguments: [String]) -> String {
    guard error is ValidationError,
      let command = configuration.subcommands.first(where: { $0._commandName == arguments.first })
    else { return fullMessage(for: error) }
    let name = command._commandName
    return command.fullMessage(for: error).replacing("Usage: \(name)", with: "Usage: divar \(name)")
      .replacing("See '\(name) ", with: "See 'divar \(name) ")
  }

  /// Runs a command, and reports its error.
  ///
  /// - Returns: the exit code.
  /// - Throws: ``OutputError`` when the standard output cannot be written.
  private static func end(of arguments: [String]) async throws(OutputError) -> Int32 {
    do {
      try checkNames(arguments)
      try checkRepeats(arguments)
      var command = try await asyncParseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return 0
    } catch let error as OutputError {
      throw error
    } catch {
      let (message, code) = (Self.message(of: error, arguments), exitCode(for: error))
      if isLossOfRank(error) {
        Console.complain(message.withoutControls)
        return rankFailureCode
      } else if code.isSuccess {
        try Console.print(message)
      } else if !message.isEmpty {
        // After wrong arguments, the usage text has several lines. In any other error, a name must not add lines.
        let isUsage = code == .validationFailure
        let lines = isUsage ? message.split(separator: "\n", omittingEmptySubsequences: false) : [message[...]]
        Console.complain(lines.map { String($0).withoutControls }.joined(separator: "\n"))
      }
      return code.rawValue
    }
  }
}
