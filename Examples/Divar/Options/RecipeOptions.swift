import ArgumentParser
import Kilim

/// Options of `divar train` for how photos and their classes are changed in training, beside `--augment`.
struct RecipeOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Change each training photo by two random operations of this strength, from 0 to 30 (RandAugment; 9 is usual).",
      valueName: "magnitude"), transform: wholeNumber(from: 0, to: 30))
  var randAugment: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Mix each training photo with another one, and their classes (mixup). Small numbers mix little; 0.2 is usual.",
      valueName: "alpha"), transform: positiveNumber)
  var mixup: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Put a part of another photo into each training photo, and mix their classes (CutMix); 1 is usual.",
      valueName: "alpha"), transform: positiveNumber)
  var cutmix: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of each target that is spread over all classes; 0.1 is usual. (default: 0)", valueName: "share"),
    transform: number("a number from 0 to below 1") { $0 >= 0 && $0 < 1 })
  var labelSmoothing = 0.0

  /// The first option that is in use, for an error; `nil` for none.
  var used: String? {
    let isUsed = [
      ("--rand-augment", randAugment != nil), ("--mixup", mixup != nil), ("--cutmix", cutmix != nil),
      ("--label-smoothing", labelSmoothing > 0),
    ]
    return isUsed.first(where: \.1)?.0
  }

  /// How the photos of a batch are mixed.
  var mixing: BatchMixing? {
    mixup == nil && cutmix == nil ? nil : BatchMixing(mixup: mixup ?? 0, cutMix: cutmix ?? 0)
  }

  /// The loss of a training.
  ///
  /// - Throws: `ValidationError` if label smoothing or mixed photos are asked for, and photos do not have one class each.
  func loss(for objective: Objective) throws -> any Loss {
    guard labelSmoothing > 0 || mixing != nil else { return objective.loss }
    guard objective.loss is CategoricalCrossEntropy else { throw Self.needsOneClass }
    return .categoricalCrossEntropy(labelSmoothing: Float(labelSmoothing))
  }

  /// Checks the options before any photo is read.
  ///
  /// - Throws: `ValidationError` as ``loss(for:)``, if an option of the table says that photos do not have one class each.
  func check(_ table: TableOptions) throws {
    if table.optionOfOtherTargets != nil, labelSmoothing > 0 || mixing != nil { throw Self.needsOneClass }
  }

  private static var needsOneClass: ValidationError {
    ValidationError("--label-smoothing, --mixup and --cutmix need one class for each photo")
  }

  /// The random changes of each photo.
  ///
  /// - Parameter standard: whether `--augment` is given.
  func augmentation(_ standard: Bool) -> Augmentation? {
    guard let randAugment else { return standard ? .standard : nil }
    var result = standard ? Augmentation.standard : Augmentation()
    result.randAugment = RandAugment(magnitude: randAugment)
    return result
  }
}
