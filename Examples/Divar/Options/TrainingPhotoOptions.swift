import ArgumentParser
import Kilim

/// Options of `divar train` for reading and splitting the photos.
struct TrainingPhotoOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The size that photos are resized to: 64, or height x width as 48x64. (default: 64, or that of --backbone)",
      valueName: "pixels"),
    transform: networkSize)
  var imageSize: ImageSize?

  @Option(help: PhotoMeaningOptions.resizeHelp, transform: word(of: Resize.self))
  var resize: Resize?

  @Option(help: PhotoMeaningOptions.framingHelp, transform: word(of: Framing.self))
  var framing: Framing?

  @Flag(help: PhotoMeaningOptions.exactHelp)
  var exact = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The part of the photos that is kept for testing. (default: 0.2)", valueName: "share"),
    transform: number("a number above 0 and below 1") { isPositive($0) && $0 < 1 })
  var testShare: Double?

  /// The part of the photos that is kept for testing.
  var shareForTests: Double { testShare ?? folds.map { 1 / Double($0) } ?? 0.2 }

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Split the photos into this number of folds, each with the same share of each class. Each fold is the test of a model that "
        + "is trained on the others.", valueName: "count"), transform: wholeNumber(from: 2, to: 1000))
  var folds: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of the folds, train the model of this one alone.", valueName: "number"),
    transform: wholeNumber(from: 1, to: 1000))
  var fold: Int?

  @Flag(
    help: "Split each class in the same proportion, so that training and test photos have the same shares of classes.")
  var stratify = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The seed of the split into training and test photos. (default: that of --seed)", valueName: "number"),
    transform: wholeNumber(from: 0, to: .max))
  var splitSeed: UInt32?

  @Option(
    help: ArgumentHelp(
      "A .csv file with a column \"file\" of photos to leave out, as divar inspect --backbone writes it. The paths begin in the "
        + "folder of photos.", valueName: "file"), transform: nonEmpty)
  var without: String?

  @Flag(help: "Keep files with the same bytes in the same part of the split, so that no test photo is also trained on.")
  var duplicatesTogether = false

  @Option(
    help: ArgumentHelp(
      "The column of a table with a number from 0 on for each photo: how much it counts in the loss of the training. Weights of "
        + "classes (--balance weights) are multiplied with it.", valueName: "name"), transform: nonEmpty)
  var weightColumn: String?

  @Option(help: "How to give classes of different sizes the same weight: in the loss, or by repeating photos.")
  var balance: Balance = .none

  @Flag(help: "Change the training photos at random: flip, shift, rotation, zoom, brightness, contrast.")
  var augment = false

  @Flag(
    help: ArgumentHelp(
      "Subtract the mean of each colour over the training photos, and divide by the deviation. The model keeps both."))
  var normalize = false

  @Option(
    help: ArgumentHelp(
      "A file for the decoded photos, outside the folder of photos. Later runs on the same photos read them from this file.",
      valueName: "file"), transform: nonEmpty)
  var cache: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The photos are kept in memory if they need no more than this size when decoded; otherwise they are decoded again in "
        + "each epoch. (default: 2G)",
      valueName: "bytes"), transform: byteCount)
  var photoMemory: Int?

  @OptionGroup var unreadable: UnreadableOptions

  @OptionGroup var limits: PhotoLimitOptions

  func validate() throws {
    if let fold, fold > folds ?? 0 {
      throw ValidationError(
        folds == nil ? "--fold needs --folds" : "--fold \(fold) is none of the \(folds ?? 0) folds of --folds")
    }
    if folds != nil, testShare != nil || stratify {
      throw ValidationError(
        "\(stratify ? "--stratify" : "--test-share") cannot be used with --folds, which split each class into parts of one size"
      )
    }
  }

  /// How photos become inputs of a network that is trained from the beginning.
  var preprocessing: Preprocessing {
    Preprocessing(
      imageSize: imageSize ?? 64, resize: resize ?? .bilinearAntialiased, framing: framing ?? .stretch, exact: exact)
  }

  /// Reads the photos of a folder, and splits them, unless it is split already.
  ///
  /// - Parameters:
  ///   - data: the photos.
  ///   - preprocessing: how photos become inputs.
  ///   - seed: of the split, unless an option gives another one.
  ///   - storage: where the photos are kept, unless an option says it.
  func read(
    _ data: DataOption, _ preprocessing: Preprocessing, seed: UInt32, storage: PhotoStorage = .automatic
  ) throws -> TrainingPhotos {
    let storage = try self.storage(outside: data.data) ?? storage
    guard data.table.labelSeparator == nil, ImageFolders.isSplit(data.data) else {
      return try readAndSplit(data, preprocessing, seed: seed, storage: storage)
    }
    for (isGiven, option) in [
      (testShare != nil, "--test-share"), (splitSeed != nil, "--split-seed"), (stratify, "--stratify"),
      (duplicatesTogether, "--duplicates-together"), (without != nil, "--without"),
      (weightColumn != nil, "--weight-column"), (folds != nil, "--folds"),
    ] where isGiven {
      throw ValidationError(
        "\(option) cannot be used with --data \"\(data.data)\", which is split already: its sub-folders are the parts to train "
          + "and to test on")
    }
    return try TrainingPhotos(
      advising(canSkip: unreadable.stops) {
        try ImageFolders(
          data.data, preprocessing: preprocessing, unreadable: unreadable.policy, storage: storage,
          limits: limits.limits)
      }, normalized: normalize)
  }

  private func readAndSplit(
    _ data: DataOption, _ preprocessing: Preprocessing, seed: UInt32, storage: PhotoStorage
  ) throws -> TrainingPhotos {
    let leftOut = try without.map { try LeftOutPhotos($0) }
    let photos = try advising(canSkip: unreadable.stops) {
      try data.table.read(
        data.data, preprocessing, weights: weightColumn, unreadable: unreadable.policy, storage: storage,
        limits: limits.limits)
    }
    try photos.reportProblems()
    let folder = data.table.folder(ofPhotosIn: data.data)
    let images = try leftOut?.removed(from: photos.images, in: folder) ?? photos.images
    // A table with a file on two lines has its own warning.
    if pathKind(data.data) == .folder, let warning = images.warningOfCopiesInClasses { Console.warn(warning) }
    if images.classLabels == nil { try checkWithoutOneClass() }
    var (train, test) = try parts(of: images, seed: splitSeed ?? seed)
    // Weights are for learning. The figures on the test photos are those of divar evaluate.
    test = try test.weighted(by: nil)
    // The training photos alone decide about the scale of numbers.
    if let scaling = train.targetScaling {
      (train, test) = try (train.standardizingTargets(by: scaling), test.standardizingTargets(by: scaling))
    }
    let split = try TrainingPhotos(train: train, test: test, normalized: normalize)
    // The training prints which ones.
    if !stratify, folds == nil, train.classLabels != nil, !(train.missingClasses + test.missingClasses).isEmpty {
      Console.note("not every class is in both parts; --stratify gives each class the same share of both")
    }
    return split
  }

  /// Checks the options before any photo is read.
  ///
  /// - Throws: `ValidationError` for an option that needs one class for each photo, if an option of the table says that they have
  ///   others.
  func check(_ table: TableOptions) throws {
    if table.optionOfOtherTargets != nil { try checkWithoutOneClass() }
  }

  private func checkWithoutOneClass() throws(ValidationError) {
    if balance != .none { throw ValidationError("--balance needs one class for each photo") }
    if stratify { throw ValidationError("--stratify needs one class for each photo") }
  }

  /// The photos to train and to test with: a share of them, or a fold.
  private func parts(of images: ImageDataset, seed: UInt32) throws -> (train: ImageDataset, test: ImageDataset) {
    guard let folds else {
      return try images.split(
        testShare: shareForTests, seed: seed, stratify: stratify, keepingDuplicatesTogether: duplicatesTogether)
    }
    guard let fold else { throw ValidationError("--folds needs --fold, the number of the fold to test on") }
    // Folds of groups are not random: all photos of a group are in one of them.
    let all =
      duplicatesTogether
      ? try Kilim.folds(keepingTogether: images.copyGroups(), folds: folds)
      : try images.classLabels.map { try Kilim.folds(stratifying: $0, folds: folds, seed: seed) }
        ?? Kilim.folds(count: images.count, folds: folds, seed: seed)
    return (images.selecting(all[fold - 1].train), images.selecting(all[fold - 1].test))
  }

  private func storage(outside folder: String) throws -> PhotoStorage? {
    guard let cache else { return photoMemory.map { .automatic(budget: $0) } }
    // A cache of an earlier run is used again, or replaced if the photos have changed. The library refuses other files.
    return .cache(path: try OutputFile(cache, option: "--cache", overwrite: true, outside: folder).path)
  }
}

/// How to give classes of different sizes the same weight.
enum Balance: String, ExpressibleByArgument, CaseIterable {
  /// Not at all.
  case none
  /// The photos of small classes weigh more in the loss.
  case weights
  /// The photos of small classes occur several times in an epoch.
  case sampling
}
