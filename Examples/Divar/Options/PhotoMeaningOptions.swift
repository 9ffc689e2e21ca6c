import ArgumentParser
import Kilim

/// Options for the meaning of the inputs and outputs of a model. Files that Keras wrote do not contain it.
struct PhotoMeaningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The names of the classes in the order of the outputs: cat,dog,fish; or a text file with one name on each line.",
      valueName: "names"), transform: nonEmpty)
  var classes: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The size of the model's input in pixels: 64, or height x width as 48x64. It chooses the size where a file leaves it "
        + "open.", valueName: "pixels"),
    transform: sizeInPixels)
  var imageSize: ImageSize?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The factor for each byte of a photo: 1/255 gives 0 to 1, 1 keeps 0 to 255. (default: 1/255, or 1 for a "
        + "model that begins with a rescaling layer)", valueName: "factor"), transform: factor)
  var scale: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What is subtracted after that: one number, or red,green,blue.", valueName: "numbers"),
    transform: threeColours)
  var mean: RedGreenBlue?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("What the result is divided by: one number, or red,green,blue.", valueName: "numbers"),
    transform: threeColours)
  var deviation: RedGreenBlue?

  @Option(
    help: ArgumentHelp(
      "The order of the colours: rgb, or bgr as OpenCV reads photos. (default: rgb)", valueName: "order"),
    transform: word(of: ColourOrder.self))
  var colours: ColourOrder?

  @Option(help: resizeHelp, transform: word(of: Resize.self))
  var resize: Resize?

  @Option(help: framingHelp, transform: word(of: Framing.self))
  var framing: Framing?

  @Flag(help: exactHelp)
  var exact = false

  @Option(
    help: ArgumentHelp(
      "What the outputs are: probabilities, or logits (a last layer without softmax or sigmoid). (default: as the file "
        + "says, or probabilities)", valueName: "kind"), transform: word(of: OutputKind.self))
  var outputs: OutputKind?

  @Flag(
    help: ArgumentHelp(
      "Any number of the classes may be right for a photo, also none: each has a sigmoid of its own. Models that divar "
        + "has trained say it themselves."))
  var severalClasses = false

  static let resizeHelp = ArgumentHelp(
    "How a photo is resized: nearest, bilinear, area, bicubic or lanczos; with \"Antialiased\" at the end as Pillow does, "
      + "without it as OpenCV does. (default: bilinearAntialiased)", valueName: "filter")

  static let framingHelp = ArgumentHelp(
    "What to do with a photo that has other proportions than the input: stretch, cropToFill or padToFit. "
      + "(default: stretch)", valueName: "way")

  static let exactHelp = ArgumentHelp(
    "Decode every JPEG at its full size, as other programs do. Without it, a large one is decoded at a part of its size, which is "
      + "faster and changes the inputs a little.")

  func validate() throws {
    if let deviation, deviation.values.contains(where: { $0 <= 0 }) {
      throw ValidationError("The value of '--deviation' is not allowed: expected numbers above 0")
    }
  }

  private var saysHowToRead: Bool {
    imageSize != nil || scale != nil || mean != nil || deviation != nil || colours != nil || resize != nil
      || framing != nil || exact
  }

  /// An option for what is computed of the bytes of a photo.
  private var optionOfNumbers: String? {
    scale != nil
      ? "--scale" : mean != nil ? "--mean" : deviation != nil ? "--deviation" : colours != nil ? "--colours" : nil
  }

  /// Gives the model the class names and the preprocessing of the options. Parts without an option keep the value of
  /// the model; if the model has no preprocessing, they get the default.
  ///
  /// - Parameter path: the path of the model.
  /// - Returns: whether the preprocessing is new and has default values.
  /// - Throws: ``ModelMeaningError`` when the options do not fit the model.
  @discardableResult
  func complete(_ model: Model, from path: String) throws -> Bool {
    try completeOutputs(of: model, from: path)
    if let option = optionOfNumbers, model.takesBytes {
      throw ModelMeaningError(
        path: path, problem: "it is sealed: it takes the bytes of photos, and scales them itself; leave out \(option)")
    }
    guard saysHowToRead || (classes != nil && model.preprocessing == nil) else { return false }
    let size = try model.photoSize(from: path)
    if let imageSize, imageSize != size {
      throw ModelMeaningError(path: path, problem: "its input is \(size) pixels, --image-size says \(imageSize)")
    }
    let isNew = model.preprocessing == nil
    var preprocessing = model.preprocessing ?? Preprocessing(imageSize: size, scale: model.naturalScale)
    if let scale { preprocessing.scale = scale }
    if mean != nil || deviation != nil {
      let former = preprocessing.normalization
      preprocessing.normalization = Normalization(
        mean: mean?.values ?? former?.mean ?? [0, 0, 0], deviation: deviation?.values ?? former?.deviation ?? [1, 1, 1])
    }
    if let colours { preprocessing.colours = colours }
    if let resize { preprocessing.resize = resize }
    if let framing { preprocessing.framing = framing }
    if exact { preprocessing.exact = true }
    model.preprocessing = preprocessing
    return isNew
  }

  /// Prepares a model for photos. If the model has no preprocessing, prints to the standard error which one is used.
  ///
  /// - Throws: ``ModelMeaningError`` when names or preprocessing are missing or do not fit.
  func completeForUse(_ model: Model, from path: String) throws {
    let isNew = try complete(model, from: path)
    guard let preprocessing = model.preprocessing else { throw ModelMeaningError.noPreprocessing(path) }
    try model.classes.check(against: model, from: path)
    try checkOutputs(of: model, from: path)
    if isNew {
      Console.note("photos become inputs of \(path.withoutControls) as follows: \(preprocessing.inWords)")
    }
  }
}

/// A number for each colour.
struct RedGreenBlue: Sendable {
  /// Of red, green and blue.
  let values: [Float]
}

/// Reads one number for all three colours, or three for red, green and blue: `0.5` or `0.485,0.456,0.406`.
@Sendable private func threeColours(_ text: String) throws -> RedGreenBlue {
  let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Float($0) }
  guard [1, 3].contains(numbers.count), numbers.allSatisfy({ $0?.isFinite == true }) else {
    throw OptionValueError(expected: "one number, or three with commas between them for red, green and blue")
  }
  let found = numbers.compactMap(\.self)
  return RedGreenBlue(values: found.count == 1 ? [found[0], found[0], found[0]] : found)
}
