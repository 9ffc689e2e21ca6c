import ArgumentParser

/// `--layer` and `--feature-cache`: which features of photos are computed, and where they are kept.
struct FeatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The layer that makes the features. (default: the last one before the classifier)", valueName: "name"),
    transform: nonEmpty)
  var layer: String?

  @Option(
    help: ArgumentHelp(
      "A file that keeps the features for other runs with the same model and layer; those of another one are replaced. "
        + "(default for divar train: features.safetensors in the output folder)",
      valueName: "file"), transform: nonEmpty)
  var featureCache: String?

  /// The path of the file, checked.
  ///
  /// - Parameter data: the folder of photos; the file must not be inside it.
  /// - Throws: ``OutputFileError``.
  func cachePath(outside data: String) throws -> String? {
    // The library refuses files that are no cache of features.
    try featureCache.map { try OutputFile($0, option: "--feature-cache", overwrite: true, outside: data).path }
  }
}
