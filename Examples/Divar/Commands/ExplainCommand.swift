import ArgumentParser
import Foundation
import Kilim

/// `divar explain`: draws where a model sees a class in photos, or what raises a number.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Draws where a model sees a class in photos, or what raises a number.",
    discussion: """
      The photos are named behind the model, or listed by a table (--data). For each photo, a picture shows the photo and \
      the result of each method as a heat map over it. grad-cam and layer-cam weight the feature maps of a layer by gradients; they are fast. integrated-gradients and occlusion \
      look at the whole model and need a hundred times as long: they are a check on the others, and each picture says \
      how far a method agrees with occlusion (1: wholly; near 0: do not trust it).

      Of a model that predicts numbers, the pictures show what in the photo raises the number.

      The layer is the last one whose feature maps have the height and width of the last convolution's. --layer \
      chooses any other layer with feature maps; layers of a model inside are named MODEL/LAYER, and divar summary \
      shows the names.
      """)

  @Argument(help: "The model: a .keras or .h5 file, a checkpoint, or the output folder of a training.")
  var model: String

  @Argument(help: "The photos.")
  var images: [String] = []

  @Option(
    help: ArgumentHelp(
      "The folder with one sub-folder of photos for each class, or a table (.csv, .tsv, .jsonl) that lists the photos, in place "
        + "of photos behind the model.", valueName: "folder or table"), transform: nonEmpty)
  var data: String?

  @OptionGroup(title: "Table") var table: TableOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder for the pictures, made if it is missing. (default: explained)", valueName: "folder"),
    transform: nonEmpty)
  var output = "explained"

  @OptionGroup var overwrite: OverwriteOption

  @Option(help: ArgumentHelp("The layer whose feature maps are looked at.", valueName: "name"), transform: nonEmpty)
  var layer: String?

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp("The class to explain. (default: the most likely one of each photo)", valueName: "name"),
    transform: nonEmpty)
  var explainedClass: String?

  @Option(
    name: .customLong("number"),
    help: ArgumentHelp(
      "The number to explain, for a model that predicts numbers. (default: the first one)", valueName: "name"),
    transform: nonEmpty)
  var explainedNumber: String?

  @Option(
    help: ArgumentHelp(
      "The methods: grad-cam, layer-cam, integrated-gradients, occlusion. (default: all)", valueName: "names"),
    transform: explanationMethods)
  var methods = PhotoExplainer.Method.allCases

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The steps of integrated gradients. (default: 50)", valueName: "count"),
    transform: wholeNumber(from: 1, to: 10_000))
  var steps = 50

  @Flag(help: "Also draw the feature maps of the layer for each photo.")
  var featureMaps = false

  @Flag(help: "Also draw the filters of the first convolution.")
  var filters = false

  @Flag(help: "Also print statistics of the output of each layer for each photo, and of its gradient.")
  var statistics = false

  @OptionGroup(title: "Model") var meaning: PhotoMeaningOptions

  @OptionGroup(title: "Photos") var limits: PhotoLimitOptions

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func validate() throws {
    guard !images.isEmpty || data != nil || filters else {
      throw ValidationError("name a photo to explain, or a table of photos by --data, or add --filters")
    }
    guard images.isEmpty || data == nil else {
      throw ValidationError("--data \"\(data ?? "")\" cannot be used together with photos behind the model")
    }
    guard data != nil || !table.isGiven else {
      throw ValidationError("the options of a table need --data")
    }
  }

  func run() throws {
    threads.apply()
    try checkThatFolderCanBeMade(output)
    let network = try readModel(model, imageSize: meaning.imageSize)
    try meaning.completeForUse(network, from: model)
    let explainer = try explainer(network)
    try checkKind(of: explainer.predictor)
    let photos = try listedPhotos(for: network)
    let pictures = try ExplanationFiles(
      output, overwrite.overwrite, photos: photos.map(\.path), outside: data, keeping: .model(model),
      hasMaps: featureMaps, filters)
    if filters { try writeFilters(network, to: pictures.filters) }
    var failed = false
    for (photo, files) in zip(photos, pictures.photos) {
      do {
        try explain(photo.path, labelled: photo.label, explainer, files)
      } catch let problem as ImageError {
        Console.complain("Error: \(UnusablePhoto(problem, canSkip: false).description.withoutControls)")
        failed = true
      }
    }
    if failed { throw ExitCode.failure }
  }

  /// Refuses the name of a class for a model of numbers, and the other way round.
  private func checkKind(of predictor: PhotoPredictor) throws(ModelMeaningError) {
    if explainedClass != nil, predictor.predictsNumbers {
      throw ModelMeaningError(path: model, problem: "it predicts numbers; name one with --number in place of --class")
    }
    if explainedNumber != nil, !predictor.predictsNumbers {
      throw ModelMeaningError(path: model, problem: "it tells classes; name one with --class in place of --number")
    }
  }

  private func explainer(_ network: Model) throws -> PhotoExplainer {
    do {
      return try PhotoExplainer(network, layer: layer, steps: steps)
    } catch let error as ClassifyError {
      throw ModelMeaningError(path: model, problem: commandWords(for: error))
    } catch let error as ExplanationError {
      throw ModelMeaningError(path: model, problem: "\(error)")
    } catch let error as ModelError {
      throw ModelMeaningError(path: model, problem: "\(error)")
    }
  }

  /// The photos to explain, each with its label in words, if it is known.
  private func listedPhotos(for network: Model) throws -> [(path: String, label: String?)] {
    guard let data else { return images.map { ($0, nil) } }
    guard let preprocessing = network.preprocessing else { throw ModelMeaningError.noPreprocessing(model) }
    // Streamed photos are not read here.
    let photos = try table.read(
      data, preprocessing, need: .photosAlone, unreadable: .throwing, storage: .streamed, limits: limits.limits)
    try photos.reportProblems()
    return photos.images.paths.enumerated().map { index, path in
      let label = photos.images.target(at: index).joined(separator: ", ")
      return (path, label.isEmpty ? nil : label)
    }
  }

  private func explain(
    _ path: String, labelled label: String?, _ explainer: PhotoExplainer, _ files: ExplanationFiles.OfPhoto
  ) throws {
    let explanation: PhotoExplanation
    do {
      explanation = try explainer.explain(
        contentsOfFile: path, limits: limits.limits, of: explainedClass ?? explainedNumber, methods: methods)
    } catch let error as ImageError {
      throw error
    } catch {
      throw ModelMeaningError(path: model, problem: "\(path): \(commandWords(for: error))")
    }
    try files.sheet.write { try explanation.sheet(title: path).write(to: $0) }
    let layer = explainer.layer.map { ", layer \($0)" } ?? ""
    let labelled = label.map { $0 == explanation.explained.name ? "" : ", labelled \($0)" } ?? ""
    try Console.print(
      "\(path): \(explanation.explained.line)\(labelled)\(layer): \(files.sheet.path)".withoutControls)
    if let error = explanation.completenessError, error > 0.1 {
      // Without a difference of the scores there is no share, but infinity.
      let missed = percentage(Double(error), digits: 0)
      Console.note("\(path): the integrated gradients miss their sum by \(missed); add --steps")
    }
    let x = explanation.input.expandingShape(at: 0)
    if let maps = files.maps, let layer = explainer.layer {
      let values = try explainer.model.featureMaps(of: layer, for: x)
      try maps.write { try PictureSheet(featureMaps: values, title: "\(path): \(layer)").write(to: $0) }
      try Console.print("  feature maps: \(maps.path)".withoutControls)
    }
    if statistics {
      try Console.print(StatisticsTable(explainer.model.layerStatistics(for: x, of: explanation.output)))
    }
  }

  private func writeFilters(_ network: Model, to file: OutputFile?) throws {
    guard let (layer, weight) = network.firstFilters, let file else {
      throw ModelMeaningError(path: model, problem: "no layer is a convolution of images, so there are no filters")
    }
    let sheet = PictureSheet(
      filters: weight, title: "filters of \(layer)", colours: network.preprocessing?.colours ?? .rgb)
    try file.write { try sheet.write(to: $0) }
    try Console.print("filters of \(layer): \(file.path)".withoutControls)
  }
}

extension ExplainedAnswer {
  /// The name and the value, as `divar predict` prints them.
  fileprivate var line: String {
    switch self {
    case .class(let found): "\(found.name) \(String(format: "%.4f", found.probability))"
    case .number(let found): "\(found.name) \(found.value)"
    }
  }
}

/// Reads a list of methods.
@Sendable private func explanationMethods(_ text: String) throws -> [PhotoExplainer.Method] {
  try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
    guard let method = PhotoExplainer.Method(rawValue: String(name)) else {
      let known = PhotoExplainer.Method.allCases.map(\.rawValue).joined(separator: ", ")
      throw OptionValueError(expected: "names of \(known)")
    }
    return method
  }
}
