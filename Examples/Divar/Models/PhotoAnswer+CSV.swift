import Kilim

extension PhotoAnswer {
  /// The names of the columns: the photo, what the model says, the probability of each class in the order of the outputs,
  /// whether the photo shows none of them if the model can tell, and the error; or the photo, the numbers and the error.
  static func csvHeader(of predictor: PhotoPredictor) -> String {
    switch predictor {
    case .classes(let classifier):
      let unknown = classifier.rejectsPhotos ? ["none_of_these"] : []
      return csvLine(["image", "prediction"] + classifier.model.classes + unknown + ["error"])
    case .numbers(let model): return csvLine(["image"] + model.numberNames + ["error"])
    }
  }

  /// The line of the photo. All fields but the photo and the error are empty if there is an error. Several classes are joined by
  /// `|`.
  var csv: String {
    let fields: [String]
    switch predictor {
    case .classes(let classifier):
      let classes = classifier.model.classes
      if case .classes(let answer) = content {
        let found = Dictionary(answer.map { (ExactText($0.name), $0) }) { first, _ in first }
        let shown = predictor.hasSeveralClasses ? answer.filter { $0.probability > 0.5 } : Array(answer.prefix(1))
        fields =
          [answer.isUnknown ? "" : shown.map(\.name).joined(separator: "|")]
          + classes.map { name in found[ExactText(name)].map { "\($0.probability)" } ?? "" }
          + (classifier.rejectsPhotos ? ["\(answer.isUnknown)"] : [])
      } else {
        fields = [String](repeating: "", count: 1 + classes.count + (classifier.rejectsPhotos ? 1 : 0))
      }
    case .numbers(let model):
      if case .numbers(let numbers) = content {
        fields = numbers.map { "\($0.value)" }
      } else {
        fields = model.numberNames.map { _ in "" }
      }
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
