import ArgumentParser

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
