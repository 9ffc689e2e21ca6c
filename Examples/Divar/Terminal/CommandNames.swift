import ArgumentParser
import Foundation

/// Throws an error for a command or an option that does not exist, and suggests the most similar one. The parser itself
/// would first report what is missing, such as `--data` for a misspelt `--dta`.
///
/// - Throws: `ValidationError`.
func checkNames(_ arguments: [String]) throws {
  guard let name = arguments.first, !name.hasPrefix("-") else { return }
  let commands = Divar.configuration.subcommands
  guard let command = commands.first(where: { $0._commandName == name }) else {
    // The command that `divar help` explains.
    if name == "help" { return try checkNames(Array(arguments.dropFirst().prefix(1))) }
    throw ValidationError("'\(name)' is not a command of divar.\(suggestion(name, commands.map { $0._commandName }))")
  }
  let known = optionNames(in: Divar.helpMessage(for: command))
  for argument in arguments.dropFirst() {
    if argument == "--" { return }
    let option = String(argument.prefix { $0 != "=" })
    guard option.hasPrefix("--"), !known.contains(option), !builtIn.contains(where: option.hasPrefix) else { continue }
    throw ValidationError("Unknown option '\(option)'.\(suggestion(option, known.sorted()))")
  }
}

/// Throws an error for an option that is given twice and takes one value. The parser would use the last one without a word.
///
/// - Throws: `ValidationError`.
func checkRepeats(_ arguments: [String]) throws {
  let commands = Divar.configuration.subcommands
  guard let command = commands.first(where: { $0._commandName == arguments.first }) else { return }
  let options = CommandOptions(of: command)
  var seen: Set<Int> = []
  var isValue = false
  for argument in arguments.dropFirst() {
    if argument == "--" { return }
    if isValue {
      isValue = false
      continue
    }
    let name = String(argument.prefix { $0 != "=" })
    guard let option = options.places[name] else { continue }
    isValue = name == argument
    guard !options.repeating.contains(option), !seen.insert(option).inserted else { continue }
    throw ValidationError("The option '\(name)' is given twice; it takes one value.")
  }
}

/// The options of a command that take a value.
private struct CommandOptions {
  /// The number of the option with each name, also short ones.
  private(set) var places: [String: Int] = [:]
  /// Those that may be given several times.
  private(set) var repeating: Set<Int> = []

  /// Asks the parser.
  init(of command: any ParsableCommand.Type) {
    // A parser that described its options in another form would take repeated ones as before.
    guard let found = try? JSONDecoder().decode(Description.self, from: Data(command._dumpHelp().utf8)) else { return }
    for (number, argument) in (found.command.arguments ?? []).enumerated() where argument.kind == "option" {
      for name in argument.names ?? [] { places[(name.kind == "long" ? "--" : "-") + name.name] = number }
      if argument.isRepeating { repeating.insert(number) }
    }
  }

  private struct Description: Decodable {
    struct Command: Decodable { let arguments: [Argument]? }
    struct Argument: Decodable {
      let kind: String
      let isRepeating: Bool
      let names: [Name]?
    }
    struct Name: Decodable { let kind, name: String }
    let command: Command
  }
}

/// Options that the parser accepts for every command without listing them.
private let builtIn = ["---", "--help-hidden", "--generate-completion-script", "--experimental-dump-help"]

/// The options that a help text lists.
private func optionNames(in help: String) -> Set<String> {
  Set(help.matches(of: /--[a-z][a-z-]*/).map { String($0.0) })
}

private func suggestion(_ name: String, _ names: [String]) -> String {
  let nearest = names.map { (name: $0, distance: editDistance($0, name)) }.min { $0.distance < $1.distance }
  guard let nearest, nearest.distance <= max(2, name.count / 4) else { return "" }
  return " Did you mean '\(nearest.name)'?"
}

/// The number of letters to insert, remove or replace to change one text into the other (Levenshtein 1966).
private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let replaced = diagonal + (letter == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
