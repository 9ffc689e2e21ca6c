import Foundation
import Kilim

/// A model, prepared to answer for photos.
enum PhotoPredictor {
  /// The model tells classes.
  case classes(PhotoClassifier)
  /// The model predicts numbers.
  case numbers(Model)

  /// Prepares a model.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - path: its path.
  ///   - views: the views of each photo whose probabilities are averaged.
  /// - Throws: ``ModelMeaningError`` when it cannot.
  init(_ model: Model, from path: String, views: TestViews) throws(ModelMeaningError) {
    guard case .numbers = model.targetMeaning else {
      self = .classes(try model.classifier(from: path, views: views))
      return
    }
    guard views == .single else {
      throw ModelMeaningError(path: path, problem: "it predicts numbers; leave out --views")
    }
    self = .numbers(model)
  }

  /// The model.
  var model: Model {
    switch self {
    case .classes(let classifier): classifier.model
    case .numbers(let model): model
    }
  }

  /// Whether any number of classes may be right.
  var hasSeveralClasses: Bool {
    if case .severalClasses = model.targetMeaning { true } else { false }
  }
}

/// The result of a model for a photo: the probabilities of classes, or numbers, or the reason why there are none.
struct PhotoAnswer {
  enum Content {
    case classes(ClassifiedPhoto)
    case numbers([Estimate])
  }

  /// The photo.
  let path: String
  let predictor: PhotoPredictor
  /// The answer; `nil` if there is an error.
  let content: Content?
  /// The error; `nil` if there is none.
  let error: String?

  /// Runs a model.
  init(of predictor: PhotoPredictor, from modelPath: String, toPhoto path: String, limits: ImageLimits) {
    (self.path, self.predictor) = (path, predictor)
    do {
      content =
        switch predictor {
        case .classes(let classifier): .classes(try classifier.classify(contentsOfFile: path, limits: limits))
        case .numbers(let model): .numbers(try model.estimate(contentsOfFile: path, limits: limits))
        }
      error = nil
    } catch ClassifyError.outOfRange(let value) {
      content = nil
      error =
        "\(modelPath): an output for \(path) is \(value), which is no probability; add --outputs logits if the model "
        + "ends without a softmax or a sigmoid"
    } catch let problem as ImageError {
      content = nil
      error = UnusablePhoto(problem, canSkip: false).description
    } catch {
      content = nil
      self.error = "\(modelPath): \(path): \(error)"
    }
  }

  /// A line with the three most likely classes, all likely ones if there may be several, or the numbers; `nil` if there is
  /// an error.
  var text: String? {
    switch content {
    case .classes(let answer):
      let shown = predictor.hasSeveralClasses ? answer.filter { $0.probability > 0.5 } : Array(answer.prefix(3))
      if shown.isEmpty { return "\(path): none of the classes".withoutControls }
      let likeliest = shown.map { "\($0.name) \(String(format: "%.4f", $0.probability))" }.joined(separator: ", ")
      return "\(path): \(answer.isUnknown ? "none of these (\(likeliest))" : likeliest)".withoutControls
    case .numbers(let numbers):
      return "\(path): \(numbers.map { "\($0.name) \($0.value)" }.joined(separator: ", "))".withoutControls
    case nil: return nil
    }
  }

  /// A JSON object in one line: the photo and the probability of each class, sorted by name, or the numbers. If there is an
  /// error, they are `null`, and the object has a key for the error. If the model can tell photos of none of its classes, the
  /// object says whether this is one.
  var json: String {
    let reason = error.map { "\"error\":\(jsonText($0))," } ?? ""
    return "{\(reason)\"image\":\(jsonText(path)),\(jsonOfAnswer)}"
  }

  private var jsonOfAnswer: String {
    switch predictor {
    case .classes(let classifier):
      var answer: ClassifiedPhoto?
      if case .classes(let found) = content { answer = found }
      // Keys are compared by code points: two classes may differ only in the composition of an accent.
      let found = (answer?.classes ?? []).map { (ExactText($0.name), $0.probability) }
      let probabilities = Dictionary(found) { first, _ in first }
      let members = classifier.model.classes.map(ExactText.init).sorted().map { name in
        "\(jsonText(name.text)):\(probabilities[name].map { "\($0)" } ?? "null")"
      }
      let unknown = classifier.rejectsPhotos ? ",\"none_of_these\":\(answer.map { "\($0.isUnknown)" } ?? "null")" : ""
      return "\"probabilities\":{\(members.joined(separator: ","))}\(unknown)"
    case .numbers:
      guard case .numbers(let numbers) = content else { return "\"numbers\":null" }
      return "\"numbers\":{\(numbers.map { "\(jsonText($0.name)):\($0.value)" }.joined(separator: ","))}"
    }
  }
}

/// A text as a JSON string. Control characters are escaped, also those that JSON would allow.
func jsonText(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case _ where scalar.properties.generalCategory == .control || (0x2028...0x202E).contains(scalar.value):
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
