import Kilim

extension TrainCommand {
  /// All options that decide what is trained and measured, with their values, also those that are not given: the entries of a
  /// report. A test compares their names with the options of the command.
  var settings: [RunReport.Entry] {
    let sections = [dataSettings, trainingSettings, photoSettings, recipeSettings, rankSettings]
    return sections.joined().map { .init($0, $1 ?? "none") }
  }

  private typealias Settings = [(name: String, value: String?)]

  private var dataSettings: Settings {
    let table = data.table
    return [
      ("--data", data.data), ("--path-column", table.pathColumn), ("--label-column", table.labelColumn),
      ("--label-separator", table.labelSeparator.map { String($0) }), ("--number-columns", table.numberColumns),
      ("--photo-folder", table.photoFolder), ("--weight-column", photos.weightColumn),
    ]
  }

  private var trainingSettings: Settings {
    [
      ("--epochs", "\(training.epochs)"), ("--batch-size", "\(training.batch.batchSize)"),
      ("--learning-rate", "\(training.learningRate)"), ("--seed", "\(training.seed.seed)"),
      ("--precise-statistics", text(training.preciseStatistics)), ("--backbone", backbone.backbone),
      ("--layer", backbone.features.layer), ("--views", "\(backbone.views)"), ("--fine-tune", fineTuning.text),
      ("--keep", saving.keep.rawValue), ("--monitor", saving.monitor?.rawValue ?? "default"),
    ]
  }

  private var photoSettings: Settings {
    let own = photos.preprocessing
    func preparation(_ text: String) -> String { backbone.backbone == nil ? text : "that of the backbone" }
    return [
      ("--image-size", photos.imageSize.map { "\($0)" } ?? preparation("\(own.imageSize)")),
      ("--resize", preparation(own.resize.rawValue)), ("--framing", preparation(own.framing.rawValue)),
      ("--exact", text(photos.exact)), ("--normalize", preparation(text(photos.normalize))),
      ("--test-share", ImageFolders.isSplit(data.data) ? nil : "\(photos.shareForTests)"),
      ("--stratify", text(photos.stratify)), ("--folds", text(photos.folds)), ("--fold", text(photos.fold)),
      ("--split-seed", "\(photos.splitSeed ?? training.seed.seed)"), ("--without", photos.without),
      ("--duplicates-together", text(photos.duplicatesTogether)), ("--balance", photos.balance.rawValue),
      ("--augment", text(photos.augment)), ("--skip-unreadable", text(photos.unreadable.skipUnreadable)),
      ("--accept-damaged", text(photos.unreadable.acceptDamaged)),
      ("--max-pixels", "\(photos.limits.limits.pixels)"), ("--max-file-size", "\(photos.limits.limits.bytes)"),
    ]
  }

  private var recipeSettings: Settings {
    [
      ("--rand-augment", text(recipe.randAugment)), ("--mixup", text(recipe.mixup)), ("--cutmix", text(recipe.cutmix)),
      ("--label-smoothing", "\(recipe.labelSmoothing)"),
    ]
  }

  private var rankSettings: Settings {
    [
      ("--ranks", text(ranks.ranks)), ("--synchronize-statistics", text(ranks.synchronizeStatistics)),
      ("--scale-learning-rate", text(ranks.scaleLearningRate)),
      ("--gradient-precision", ranks.gradients.gradientPrecision.rawValue),
    ]
  }

  private func text(_ flag: Bool) -> String { flag ? "yes" : "no" }

  private func text<Number: CustomStringConvertible>(_ number: Number?) -> String? { number?.description }
}
