import Kilim

/// What photos are labelled with, or what a model tells of them.
enum PhotoLabels: Equatable {
  case oneClass
  case severalClasses
  case numbers([String])

  /// What a model tells.
  init(of model: Model) {
    self =
      switch model.targetMeaning {
      case .severalClasses: .severalClasses
      case .numbers(let names, _): .numbers(names)
      case .oneClass, .unknown, nil: .oneClass
      }
  }

  /// What the options say of the photos.
  init(of table: TableOptions) {
    self =
      if let numbers = table.numberColumns {
        .numbers(numbers.split(separator: ",").map(String.init))
      } else {
        table.labelSeparator == nil ? .oneClass : .severalClasses
      }
  }
}

/// The photos are labelled with something else than the model tells.
struct DifferentLabels: Error, CustomStringConvertible {
  let model, data: String
  let told, found: PhotoLabels
  /// The classes of the model.
  let classes: [String]

  /// What each has, and the options that fit the model.
  var description: String {
    let read =
      switch found {
      case .oneClass: "one class for each photo"
      case .severalClasses: "several classes for each photo (--label-separator)"
      case .numbers(let names): "the \(Self.list(names)) (--number-columns)"
      }
    let (tells, way) =
      switch told {
      case .oneClass:
        (
          "tells one class of each photo: \(shortList(classes))",
          found == .severalClasses ? "leave out --label-separator" : "name the column with the class by --label-column"
        )
      case .severalClasses:
        ("tells any number of classes of each photo: \(shortList(classes))", "add --label-separator")
      case .numbers(let names):
        ("predicts the \(Self.list(names))", "add --number-columns \(names.joined(separator: ","))")
      }
    return "\(data) is read for \(read), and \(model) \(tells); \(way)"
  }

  private static func list(_ names: [String]) -> String {
    (names.count == 1 ? "number " : "numbers ") + names.joined(separator: ", ")
  }
}
