import Foundation
import Kilim

/// The result of a model for a photo: the probabilities of classes, or numbers, or the reason why there are none.
struct PhotoAnswer {
  /// The photo.
  private let path: String
  /// The classes in the order of the outputs.
  private let classes: [String]
  /// The probabilities, the most likely class first; empty if there is an error.
  private let answers: [Classification]
  /// Whether any number of classes may be right.
  private let hasSeveralClasses: Bool
  /// The numbers, if the model predicts numbers.
  private let numbers: [Estimate]?
  /// The error; `nil` if there is none.
  let error: String?

  /// Runs a model.
  init(of network: Model, from modelPath: String, toPhoto path: String, limits: ImageLimits, views: TestViews = .single)
  {
    self.path = path
    classes = network.classes
    let meaning = network.targetMeaning
    if case .severalClasses = meaning { hasSeveralClasses = true } else { hasSeveralClasses = false }
    do {
      if case .numbers = meaning {
        numbers = try network.estimate(contentsOfFile: path, limits: limits)
        answers = []
      } else {
        answers = try network.classify(contentsOfFile: path, limits: limits, views: views)
        numbers = nil
      }
      error = nil
    } catch ClassifyError.outOfRange(let value) {
      (answers, numbers) = ([], nil)
      error =
        "\(modelPath): an output for \(path) is \(value), which is no probability; add --outputs logits if the model "
        + "ends without a softmax or a sigmoid"
    } catch let problem as ImageError {
      (answers, numbers) = ([], nil)
      error = UnusablePhoto(problem, canSkip: false).description
    } catch {
      (answers, numbers) = ([], nil)
      self.error = "\(modelPath): \(path): \(error)"
    }
  }

  /// A line with the three most likely classes, all likely ones if there may be several, or the numbers; `nil` if there is
  /// an error.
  var text: String? {
    guard error == nil else { return nil }
    if let numbers {
      return "\(path): \(numbers.map { "\($0.name) \($0.value)" }.joined(separator: ", "))".withoutControls
    }
    let shown = hasSeveralClasses ? answers.filter { $0.probability > 0.5 }[...] : answers.prefix(3)
    if shown.isEmpty { return "\(path): none of the classes".withoutControls }
    let likeliest = shown.map { "\($0.name) \(String(format: "%.4f", $0.probability))" }
    return "\(path): \(likeliest.joined(separator: ", "))".withoutControls
  }

  /// A JSON object in one line: the photo and the probability of each class, sorted by name, or the numbers. If there is
  /// an error, the probabilities are `null`, and the object has a key for the error.
  var json: String {
    // Keys are compared by code points: two classes may differ only in the composition of an accent.
    let probabilities = Dictionary(answers.map { (ExactText($0.name), $0.probability) }) { first, _ in first }
    let members = classes.map(ExactText.init).sorted().map { name in
      "\(jsonText(name.text)):\(probabilities[name].map { "\($0)" } ?? "null")"
    }
    if let numbers {
      let members = numbers.map { "\(jsonText($0.name)):\($0.value)" }
      return "{\"image\":\(jsonText(path)),\"numbers\":{\(members.joined(separator: ","))}}"
    }
    let reason = error.map { "\"error\":\(jsonText($0))," } ?? ""
    return "{\(reason)\"image\":\(jsonText(path)),\"probabilities\":{\(members.joined(separator: ","))}}"
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
