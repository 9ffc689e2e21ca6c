import Kilim

extension PredictedPhoto {
  /// The names of the columns: the photo, what the model says, the probability of each class in the order of the outputs,
  /// whether the photo shows none of them if the model can tell, and the error; or the photo, the numbers and the error.
  static func csvHeader(of predictor: PhotoPredictor) -> String {
    if predictor.predictsNumbers { return csvLine(["image"] + predictor.model.numberNames + ["error"]) }
    let unknown = predictor.rejectsPhotos ? ["none_of_these"] : []
    return csvLine(["image", "prediction"] + predictor.model.classes + unknown + ["error"])
  }

  /// The line of the photo. All fields but the photo and the error are empty if there is an error. Several classes are joined by
  /// `|`.
  var csv: String {
    let fields: [String]
    switch answer {
    case .classes(let answer):
      let found = Dictionary(answer.map { (ExactText($0.name), $0) }) { first, _ in first }
      fields =
        [answer.isUnknown ? "" : predictor.likely(answer, limit: 1).map(\.name).joined(separator: "|")]
        + predictor.model.classes.map { name in found[ExactText(name)].map { "\($0.probability)" } ?? "" }
        + (predictor.rejectsPhotos ? ["\(answer.isUnknown)"] : [])
    case .numbers(let numbers):
      fields = numbers.map { "\($0.value)" }
    case nil:
      let count =
        predictor.predictsNumbers
        ? predictor.model.numberNames.count : 1 + predictor.model.classes.count + (predictor.rejectsPhotos ? 1 : 0)
      fields = [String](repeating: "", count: count)
    }
    return csvLine([path] + fields + [error ?? ""])
  }
}

extension Model {
  /// The names of the numbers that the model predicts.
  fileprivate var numberNames: [String] {
    if case .numbers(let names, _) = targetMeaning { names } else { [] }
  }
}
