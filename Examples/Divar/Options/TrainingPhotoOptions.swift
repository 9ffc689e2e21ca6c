import ArgumentParser
import Kilim

/// How `divar train` reads and divides the photos.
struct TrainingPhotoOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The size that photos are resized to: 64, or height x width as 48x64. (default: 64)", valueName: "pixels"),
    transform: networkSize)
  var imageSize: ImageSize = 64

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The part of the photos that is kept for testing. (default: 0.2)", valueName: "share"),
    transform: number("a number above 0 and below 1") { $0 > 0 && $0 < 1 })
  var testShare = 0.2

  @Flag(help: "Give each class the same share of the training and of the test photos.")
  var stratify = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The seed of the split into training and test photos. (default: that of --seed)", valueName: "number"),
    transform: wholeNumber(from: 0, to: .max))
  var splitSeed: UInt32?

  @Flag(help: "Keep files with the same bytes on one side of the split, so that no test photo was trained on.")
  var duplicatesTogether = false

  @Option(help: "How classes of different sizes get the same weight: by the loss, or by repeating photos.")
  var balance: Balance = .none

  @Flag(help: "Change the training photos at random: flip, shift, rotation, zoom, brightness, contrast.")
  var augment = false

  @Option(
    help: ArgumentHelp(
      "A file for the decoded photos, outside the folder of photos: another run on the same photos reads them from there.",
      valueName: "file"), transform: nonEmpty)
  var cache: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Decoded photos up to this size together are kept in memory; more are decoded anew in each epoch. (default: 2G)",
      valueName: "bytes"), transform: byteCount)
  var photoMemory: Int?

  @OptionGroup var unreadable: UnreadableOptions

  @OptionGroup var limits: PhotoLimitOptions

  /// Reads the photos of a folder, and divides them.
  func read(_ folder: String, seed: UInt32) throws -> (train: ImageDataset, test: ImageDataset) {
    let photos = try advising {
      try ImageFolder(
        folder, imageSize: imageSize, unreadable: unreadable.policy, storage: storage(outside: folder),
        limits: limits.limits)
    }
    try photos.reportProblems()
    let (train, test) = try photos.split(
      testShare: testShare, seed: splitSeed ?? seed, stratify: stratify, keepingDuplicatesTogether: duplicatesTogether)
    try Console.print(
      "\(photos.images.count) photos of \(photos.classes.count) classes: \(train.count) to train, \(test.count) to test"
    )
    // Which ones, says the training.
    if !stratify, !(train.missingClasses + test.missingClasses).isEmpty {
      Console.note("not every class is in both parts; --stratify gives each class the same share of both")
    }
    return (train, test)
  }

  private func storage(outside folder: String) throws -> PhotoStorage {
    guard let cache else { return photoMemory.map { .automatic(budget: $0) } ?? .automatic }
    // A cache of an earlier run is used again, or replaced when the photos have changed; the library refuses other files.
    return .cache(path: try OutputFile(cache, option: "--cache", overwrite: true, outside: folder).path)
  }
}

/// How classes of different sizes get the same weight.
enum Balance: String, ExpressibleByArgument, CaseIterable {
  /// They do not.
  case none
  /// The photos of small classes weigh more in the loss.
  case weights
  /// The photos of small classes occur several times in an epoch.
  case sampling
}
