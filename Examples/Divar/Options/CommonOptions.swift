import ArgumentParser
import Kilim

// Options that several commands share, so that they have the same name and meaning everywhere.

/// `--threads`.
struct ThreadsOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The number of threads to compute on; the results do not depend on it. (default: as many as the machine or the "
        + "container allows)", valueName: "count"), transform: wholeNumber(from: 1, to: 1024))
  var threads: Int?

  /// Applies the setting. Every command calls it first.
  func apply() {
    if let threads { Threads.count = threads }
  }
}

/// `--seed`.
struct SeedOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The start of all random choices: the same seed gives the same result. (default: 1)", valueName: "number"),
    transform: wholeNumber(from: 0, to: .max))
  var seed: UInt32 = 1
}

/// `--batch-size`.
struct BatchSizeOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of photos that are computed at once. (default: 32)", valueName: "photos"),
    transform: wholeNumber(from: 1))
  var batchSize = 32
}

/// `--data`, and what the columns of a table hold.
struct DataOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The folder with one sub-folder of photos for each class, or a table (.csv, .tsv, .jsonl) that lists the photos.",
      valueName: "folder or table"), transform: nonEmpty)
  var data: String

  @OptionGroup var table: TableOptions
}

/// `--overwrite`.
struct OverwriteOption: ParsableArguments {
  @Flag(help: "Replace the output file if it exists already.")
  var overwrite = false
}

/// `--max-pixels` and `--max-file-size`.
struct PhotoLimitOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The largest photo to decode, width times height. (default: 100000000)", valueName: "pixels"),
    transform: wholeNumber(from: 1))
  var maxPixels = ImageLimits.standard.pixels

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The largest photo file to read, in bytes, such as 500M. (default: 256M)", valueName: "bytes"),
    transform: byteCount)
  var maxFileSize: Int?

  /// The limits for the library.
  var limits: ImageLimits { ImageLimits(pixels: maxPixels, bytes: maxFileSize ?? ImageLimits.standard.bytes) }
}

/// `--skip-unreadable` and `--accept-damaged`.
struct UnreadableOptions: ParsableArguments {
  @Flag(help: "Leave out files that cannot be read, and list them, instead of stopping with an error.")
  var skipUnreadable = false

  @Flag(help: "Use what can be read of damaged photos, and leave out the other unreadable files. Both are listed.")
  var acceptDamaged = false

  /// Whether files that cannot be read are an error.
  var stops: Bool { policy == .throwing }

  /// The policy for the library.
  var policy: UnreadablePolicy { acceptDamaged ? .accepting : skipUnreadable ? .skipping : .throwing }
}
