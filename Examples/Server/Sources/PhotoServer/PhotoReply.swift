import Kilim

/// The answer for a photo, as JSON.
struct PhotoReply: Encodable, Sendable {
  struct Class: Encodable, Sendable {
    let name: String
    let probability: Float
  }

  /// The photo, as the client named it.
  let photo: String
  /// The most likely classes, the most likely first.
  var classes: [Class]?
  /// Whether the photo shows none of the classes, if the model can tell.
  var noneOfThese: Bool?
  /// The numbers that the model predicts.
  var numbers: [String: Float]?
  /// Why there is no answer.
  var error: String?

  enum CodingKeys: String, CodingKey {
    case photo, classes, numbers, error
    case noneOfThese = "none_of_these"
  }

  init(photo: String, _ answer: PhotoAnswer, top: Int, rejects: Bool) {
    self.photo = photo
    switch answer {
    case .classes(let photo):
      classes = photo.prefix(top).map { Class(name: $0.name, probability: $0.probability) }
      noneOfThese = rejects ? photo.isUnknown : nil
    case .numbers(let estimates):
      numbers = Dictionary(estimates.map { ($0.name, $0.value) }) { first, _ in first }
    }
  }

  init(photo: String, error: any Error) {
    self.photo = photo
    self.error = "\(error)"
  }
}

/// The answers for the photos of a request.
struct PredictReply: Encodable, Sendable {
  let model: String
  let photos: [PhotoReply]
}

/// What clients may know of the model.
struct ModelReply: Encodable, Sendable {
  let name: String
  /// `classes`, `several_classes` or `numbers`.
  let task: String
  let classes: [String]?
  let numbers: [String]?
  let height: Int?
  let width: Int?
  let parameters: Int
  let network: String?
  let rejects: Bool
  let explains: Bool

  init(_ name: String, _ answering: PhotoAnswering) {
    let model = answering.predictor.model
    self.name = name
    network = model.knownNetwork
    parameters = model.parameterCount
    (height, width) = (model.preprocessing?.imageSize.height, model.preprocessing?.imageSize.width)
    (rejects, explains) = (answering.predictor.rejectsPhotos, answering.explains)
    switch model.targetMeaning {
    case .numbers(let names, _): (task, classes, numbers) = ("numbers", nil, names)
    case .severalClasses: (task, classes, numbers) = ("several_classes", model.classes, nil)
    case .oneClass, .unknown, nil: (task, classes, numbers) = ("classes", model.classes, nil)
    }
  }
}
