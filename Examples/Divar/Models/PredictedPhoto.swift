import Foundation
import Kilim

/// The answer of a model for a photo, or the reason why there is none.
struct PredictedPhoto {
  /// The photo.
  let path: String
  let predictor: PhotoPredictor
  /// The answer; `nil` if there is an error.
  let answer: PhotoAnswer?
  /// The error; `nil` if there is none.
  let error: String?

  /// Runs a model.
  init(_ path: String, by predictor: PhotoPredictor, from modelPath: String, limits: ImageLimits) {
    (self.path, self.predictor) = (path, predictor)
    do {
      answer = try predictor.predict(contentsOfFile: path, limits: limits)
      error = nil
    } catch let problem as ImageError {
      answer = nil
      error = UnusablePhoto(problem, canSkip: false).description
    } catch {
      answer = nil
      self.error = "\(modelPath): \(path): \(commandWords(for: error))"
    }
  }

  /// A line with the three most likely classes, all likely ones if there may be several, or the numbers; `nil` if there is
  /// an error.
  var text: String? {
    switch answer {
    case .classes(let answer):
      let shown = predictor.likely(answer, limit: 3)
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
    if predictor.predictsNumbers {
      guard case .numbers(let numbers) = answer else { return "\"numbers\":null" }
      return "\"numbers\":{\(numbers.map { "\(jsonText($0.name)):\($0.value)" }.joined(separator: ","))}"
    }
    var photo: ClassifiedPhoto?
    if case .classes(let found) = answer { photo = found }
    // Keys are compared by code points: two classes may differ only in the composition of an accent.
    let found = (photo?.classes ?? []).map { (ExactText($0.name), $0.probability) }
    let probabilities = Dictionary(found) { first, _ in first }
    let members = predictor.model.classes.map(ExactText.init).sorted().map { name in
      "\(jsonText(name.text)):\(probabilities[name].map { "\($0)" } ?? "null")"
    }
    let unknown = predictor.rejectsPhotos ? ",\"none_of_these\":\(photo.map { "\($0.isUnknown)" } ?? "null")" : ""
    return "\"probabilities\":{\(members.joined(separator: ","))}\(unknown)"
  }
}

extension PhotoPredictor {
  /// The classes to name: the most likely ones or, where any number of classes may be right, all that are likelier than not.
  func likely(_ answer: ClassifiedPhoto, limit: Int) -> [Classification] {
    if case .severalClasses = model.targetMeaning { return answer.filter { $0.probability > 0.5 } }
    return Array(answer.prefix(limit))
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
