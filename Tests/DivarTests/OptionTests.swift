import Foundation
import TestSupport
import Testing

/// The options of the commands: the same names everywhere, and errors that say which option and what is allowed.
@Suite struct OptionTests {
  private func help(_ command: String) throws -> String {
    let run = try DivarProcess([command, "--help"])
    #expect(run.exitCode == 0 && run.errors.isEmpty, "\(run.errors)")
    return run.output
  }

  @Test(arguments: [
    ("train", "--data --image-size --batch-size --seed --threads --skip-unreadable --max-pixels --max-file-size"),
    ("train", "--output --epochs --learning-rate --stratify --split-seed --keep --monitor --cache --resume --restart"),
    ("evaluate", "--data --batch-size --threads --skip-unreadable --max-pixels --max-file-size --classes --scale"),
    ("predict", "--image-size --threads --max-pixels --max-file-size --classes --scale --colours --json"),
    ("import", "--output --overwrite --into --classes --scale --image-size"),
    ("export", "--output --overwrite --format --exact"), ("train", "--exact"), ("predict", "--exact"),
    ("inspect", "--data --output --overwrite --threads --max-pixels"),
    ("demo-data", "--output --seed --threads"),
    ("features", "--data --output --overwrite --layer --batch-size --threads --max-pixels"),
    ("inspect", "--backbone --layer --feature-cache --suspicious"), ("train", "--without"),
    ("add-class", "--data --output --feature-cache --threads --skip-unreadable --max-pixels"),
    ("bench", "--network --classes --image-size --batch-size --threads"),
    ("inspect", "--data --path-column --label-column --number-columns"), ("add-class", "--path-column --label-column"),
    ("features", "--path-column --label-column"), ("explain", "--data --path-column --label-column"),
    ("train", "--weight-column --folds --fold"), ("compare", "--label-separator --number-columns"),
  ])
  func everyCommandHasTheOptionsByTheirNames(command: String, options: String) throws {
    let text = try help(command)
    for option in options.split(separator: " ") { #expect(text.contains(option), "\(command) lacks \(option)") }
    if options.contains("--output") { #expect(text.contains("-o, --output"), "\(command)") }
    #expect(!text.contains("--size") && !text.contains("--batch "), "\(command)")
  }

  @Test func helpListsTheCommandsByTask() throws {
    let text = try DivarProcess(["help"]).output
    let headings = ["GET PHOTOS", "TRAIN AND MEASURE", "USE A MODEL", "EXCHANGE MODELS", "MEASURE SPEED"]
    let places = headings.map { text.range(of: $0)?.lowerBound }
    #expect(!places.contains(nil), "\(text)")
    #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
    #expect(try #require(try DivarProcess(["--version"]).output.first).isNumber)
  }

  /// A wrong value of each kind, negative numbers among them, names the option and what is allowed.
  @Test(arguments: [
    ("train", "--learning-rate", "-1", "above 0"), ("train", "--learning-rate", "nan", "above 0"),
    ("train", "--learning-rate", "1e-50", "above 0"), ("train", "--learning-rate", "1e39", "above 0"),
    ("train", "--mixup", "1e-50", "above 0"), ("train", "--test-share", "1e-320", "above 0"),
    ("train", "--learning-rate", "0", "above 0"), ("train", "--seed", "-1", "from 0 to 4294967295"),
    ("train", "--epochs", "-3", "from 1"), ("train", "--epochs", "2.5", "from 1"),
    ("train", "--batch-size", "0", "at least 1"), ("train", "--image-size", "8", "at least 16"),
    ("train", "--image-size", "-64", "pixels"), ("train", "--test-share", "1.5", "below 1"),
    ("train", "--test-share", "-0.2", "below 1"), ("train", "--checkpoint-every", "-1", "0 or more"),
    ("train", "--threads", "0", "from 1"), ("train", "--threads", "-2", "from 1"),
    ("train", "--max-pixels", "-5", "at least 1"), ("train", "--max-file-size", "12Q", "256M"),
    ("train", "--keep", "first", "best"), ("train", "--monitor", "f1", "val_loss"), ("train", "--output", "", "name"),
    ("evaluate", "--batch-size", "-1", "at least 1"), ("evaluate", "--scale", "0", "1/255"),
    ("predict", "--image-size", "64x", "height x width"), ("predict", "--colours", "cmyk", "rgb, bgr"),
    ("predict", "--mean", "1,2", "red, green and blue"), ("predict", "--threads", "many", "from 1"),
    ("inspect", "--samples", "0", "from 1 to 100"), ("inspect", "--list", "-1", "at least 0"),
    ("demo-data", "--per-class", "-3", "from 1"), ("demo-data", "--seed", "-1", "from 0"),
    ("bench", "--steps", "-1", "at least 1"), ("bench", "--warm-up", "-1", "at least 0"),
  ])
  func wrongValues(command: String, option: String, value: String, allowed: String) throws {
    let run = try DivarProcess([command, option, value])
    #expect(run.exitCode == 64)
    let line = run.errors.split(separator: "\n").first ?? ""
    #expect(line.contains("'\(value)'") && line.contains("'\(option)") || line.contains("'-o"), "\(run.errors)")
    #expect(line.contains(allowed), "\(run.errors)")
  }

  @Test func sizesAreThoseOfTheNetwork() throws {
    let small = try DivarProcess(["bench", "predict", "--image-size", "8"])
    #expect(small.exitCode == 64 && small.errors.contains("at least 16 pixels"), "\(small.errors)")
  }

  @Test(arguments: [("train", "--epoch", "--epochs"), ("evaluate", "--batchsize", "--batch-size")])
  func anUnknownOptionSuggestsTheNearest(command: String, option: String, near: String) throws {
    let run = try DivarProcess([command, option, "3"])
    #expect(run.exitCode == 64 && run.errors.contains("Did you mean '\(near)'"), "\(run.errors)")
  }

  /// The last one would win without a word.
  @Test(arguments: [
    ["train", "--data", "a", "--output", "run", "--data", "b"], ["train", "--data", "a", "-o", "x", "--output=y"],
    ["evaluate", "model.keras", "--data", "a", "--scale=1", "--scale", "1"],
    ["run", "model.keras", "in.npy", "out.npy", "--layer", "a", "--layout", "nchw", "--layout", "nhwc"],
  ])
  func anOptionOfOneValueIsGivenOnce(arguments: [String]) throws {
    let run = try DivarProcess(arguments)
    #expect(run.exitCode == 64 && run.errors.contains("is given twice"), "\(run.errors)")
  }

  /// Options that may be repeated, flags, and values that look like options.
  @Test(arguments: [
    ["run", "none.keras", "in.npy", "out.npy", "--layer", "a", "--layer", "b"],
    ["predict", "none.keras", "a.jpg", "--json", "--json"], ["predict", "none.keras", "--", "--mean", "--mean"],
    ["predict", "none.keras", "a.jpg", "--mean", "-1", "--deviation", "--mean"],
  ])
  func othersMayBeRepeated(arguments: [String]) throws {
    let run = try DivarProcess(arguments)
    #expect(run.exitCode != 0 && !run.errors.contains("is given twice"), "\(run.errors)")
  }

  @Test func anUnknownCommandSuggestsTheNearest() throws {
    let run = try DivarProcess(["trian", "--data", "photos"])
    #expect(run.exitCode == 64 && run.errors.contains("train"), "\(run.errors)")
  }

  @Test func threadsAreThoseOfTheOption() throws {
    let run = try DivarProcess(["bench", "predict", "--threads", "3", "--steps", "1", "--warm-up", "0"], threads: 1)
    #expect(run.output.contains(" threads=3 "), "\(run.output)\(run.errors)")
  }

  @Test func benchTimesANetworkByItsName() throws {
    let run = try DivarProcess(
      ["bench", "train", "--network", "mobilenetv3-small", "--image-size", "32", "--classes", "3", "--batch-size", "2"]
        + ["--steps", "1", "--warm-up", "0"])
    #expect(run.output.hasPrefix("kilim train network=MobileNetV3Small size=32x32 batch=2 threads="), "\(run.errors)")
    let unknown = try DivarProcess(["bench", "train", "--network", "resnet51"])
    #expect(unknown.exitCode == 1 && unknown.errors.contains("ResNet50"), "\(unknown.errors)")
  }

  /// What cannot fit into memory is one line, before the photos, which do not exist here, are looked for.
  @Test(arguments: [
    ["train", "--data", "none", "--output", "run", "--image-size", "100000"],
    ["train", "--data", "none", "--output", "run", "--batch-size", "100000000"],
    ["bench", "train", "--image-size", "100000"], ["bench", "predict", "--batch-size", "100000000"],
    ["train", "--data", "none", "--output", "run", "--image-size", "1000000", "--batch-size", "9223372036854775807"],
  ])
  func whatCannotFitIntoMemoryIsToldAtOnce(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    try expectError(arguments, "not enough memory", arguments[arguments.count - 2], folder: folder.url)
    #expect(try folder.entries().isEmpty)
  }
}
