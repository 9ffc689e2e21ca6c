import ModelFormats
import NN
import Training

extension ModelCheckpoint {
  /// Saves the model as a `.keras` file during a training.
  ///
  /// ```swift
  /// let saved = ModelCheckpoint("{epoch:02d}-{val_loss:.3f}.keras", when: .best(of: "val_loss"))
  /// ```
  ///
  /// A file of the same name is replaced if it is a model too. The state of the optimizer is not saved.
  ///
  /// - Parameters:
  ///   - pattern: the path of the file, with fields in braces; see ``FileNamePattern``. Its folder must exist.
  ///   - moment: when the model is saved.
  ///   - savesAverages: whether the model has the running averages of the optimizer as its weights while it is saved.
  public convenience init(_ pattern: String, when moment: Moment = .epochs(1), savesAverages: Bool = false) {
    func model(_ layer: any Layer) throws -> Model {
      if let model = layer as? Model { return model }
      throw FitError.option(
        "ModelCheckpoint", reason: "a .keras file holds a Model or Sequential, and a \(type(of: layer)) is trained")
    }
    self.init(
      pattern, when: moment, savesAverages: savesAverages,
      check: { try model($0).checkSavable(to: pattern) }, write: { try model($0).save(to: $1) })
  }
}
