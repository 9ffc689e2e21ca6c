import ArgumentParser

/// The file that a command writes, named behind the one that it reads or by an option.
struct TargetArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp("The file to write; --output means the same.", valueName: "output-file"), transform: nonEmpty)
  var file: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The file to write.", valueName: "file"), transform: nonEmpty)
  var option: String?

  /// The file, if one is named.
  var path: String? { file ?? option }

  func validate() throws {
    guard file == nil || option == nil else {
      throw ValidationError("the file to write is named twice, behind the file to read and by --output; name it once")
    }
  }
}
