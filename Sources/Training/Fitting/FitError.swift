import Data
import NN
import Tensor

/// Why a model cannot be trained or used with the given data or arguments.
public enum FitError: Error, Hashable, CustomStringConvertible {
  /// The number of epochs is below 1, or not above the number of the first epoch.
  case epochs(Int)
  /// The data set is empty.
  case noExamples
  /// All layers are frozen, or none has parameters.
  case nothingToTrain
  /// The loss depends on parameters of these shapes, to be trained, that are none of the model's parameters.
  case unlistedParameters([Shape])
  /// The inputs have another shape than the model was made for.
  case inputShape(found: Shape, expected: Shape)
  /// The model has several inputs or outputs, and the operation is for one of each.
  case severalValues(inputs: Int, outputs: Int)
  /// The model has several outputs, and the operation is for one.
  case severalOutputs([String])
  /// Several views of each photo, and the output of the model has other than one row of numbers for each.
  case viewsOfPlaces(Shape)
  /// The inputs or targets of a data set, or the losses, their weights or the metrics, are others than the model's inputs or
  /// outputs.
  case otherParts(String, found: [String], expected: [String])
  /// One of several inputs has another shape than the model was made for.
  case shapeOfInput(String, found: Shape, expected: Shape)
  /// A batch has another number of inputs, targets or weights than its data set says.
  case batch(String, found: Int, expected: Int)
  /// The outputs or targets of a batch have other shapes than those of the first one, in a training over several processes.
  case rows(found: [Shape], expected: [Shape])
  /// The weight of a loss is not a finite number.
  case lossWeight(Float)
  /// Class weights for a model with several outputs.
  case classWeightsForOutputs([String])
  /// There would be no example to train on, or none to validate with.
  case validationShare(Double, count: Int)
  /// The number of class weights is not the number of classes.
  case classWeights(found: Int, expected: Int)
  /// The data has other than one name for each class of an output, and other than two for an output of one.
  case classNames(output: String, names: Int, outputs: Int)
  /// A class weight is negative or not a finite number.
  case classWeight(Float)
  /// Two figures would have the same name: two metrics, or a metric and the loss, or a metric called `val_accuracy` and
  /// the validation figure of another one.
  case metricName(String)
  /// Two data sets, or a data set and the model, have different classes or a different order of classes.
  case otherClasses(DifferentClasses)
  /// Two data sets, or a data set and the model, convert photos to inputs in different ways.
  case otherPreprocessing(DifferentPreprocessing)
  /// Two data sets, or a data set and the model, have features of different backbones.
  case otherFeatures(DifferentFeatures)
  /// Two data sets, or a data set and the model, have targets of different meanings.
  case otherTargets(DifferentTargets)
  /// A data set to train or measure on says nothing about its examples.
  case unknownTargets(String)
  /// The loss compares other targets than the data set has.
  case targetsForLoss(TargetMeaning, loss: OutputMeaning)
  /// Class weights for examples that do not have one class each.
  case classWeightsForTargets(TargetMeaning)
  /// The model was trained to output one kind of numbers, and the loss expects another.
  case otherOutputs(model: OutputMeaning, loss: OutputMeaning)
  /// The loss expects logits, and the model ends in a softmax or a sigmoid.
  case probabilitiesForLogits(OutputMeaning)
  /// The loss expects probabilities, and the output of the model ends in a function whose values are not all from 0 to 1.
  case valuesForProbabilities(OutputMeaning, output: String, Activation)
  /// The loss expects probabilities, and the output of the model is a softmax over one class, which is always 1.
  case softmaxOfOne(output: String)
  /// A callback or the checkpoints use a figure that the training does not have.
  case unknownFigure(String, owner: String, known: [String])
  /// A callback or the checkpoints use a figure, and it is not known whether that figure should rise or fall.
  case unknownDirection(String, owner: String)
  /// A batch needs more memory than is available.
  case memory(batchSize: Int, inputShape: Shape, gigabytes: Double, available: Int)
  /// `preciseStatistics` asks for fewer than 1 batch.
  case statisticsBatches(Int)
  /// Examples are mixed, and the loss takes class indices.
  case mixedIndices
  /// An option of a callback is out of its range, or does not fit the training.
  case option(String, reason: String)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .epochs(let epochs):
      "epochs is \(epochs): at least 1 epoch is needed, and epochs must be above firstEpoch, which must not be negative"
    case .noExamples: "the data set has no examples"
    case .nothingToTrain:
      "the loss depends on no parameter that is trained: all layers are frozen, or none has parameters; set isTrainable = true for "
        + "what is to be trained"
    case .unlistedParameters(let shapes):
      "the loss depends on \(counted(shapes.count, "parameter")) that the model does not list, of shape "
        + shapes.prefix(5).map(\.description).joined(separator: ", ")
        + ": fit would neither train nor save them. Keep parameters and inner layers in properties of a layer of the model, as "
        + "optionals or in arrays, make none in a call, and set isTrainable = false for what is not to be trained"
    case .inputShape(let found, let expected):
      "the inputs have shape \(found), the model takes \(expected)" + hint(found: found, expected: expected)
    case .severalValues(let inputs, let outputs):
      "the model has \(counted(inputs, "input")) and \(counted(outputs, "output")), and one of each is expected here: "
        + "predictOutputs(_:) and predict(_:) of several inputs take any model"
    case .severalOutputs(let names):
      "the model has the outputs \(names.joined(separator: ", ")), and one is expected here: use losses: in fit and evaluate, "
        + "and predictOutputs(_:)"
    case .viewsOfPlaces(let shape):
      "the output of the model has the shape \(shape), and a mean over views needs one row of numbers for each photo"
    case .otherParts(let what, let found, let expected):
      "\(what): found \(found.isEmpty ? "none" : found.joined(separator: ", ")), expected those of the model, "
        + expected.joined(separator: ", ")
    case .shapeOfInput(let name, let found, let expected):
      "the input \(name) has shape \(found), the model takes \(expected)" + hint(found: found, expected: expected)
    case .batch(let what, let found, let expected):
      "a batch of the data set: found \(found) \(what), expected \(expected)"
    case .rows(let found, let expected):
      "the outputs and targets of a batch have the shapes \(found.map(\.description).joined(separator: ", ")), those of the first "
        + "one \(expected.map(\.description).joined(separator: ", ")): over several processes they must be the same"
    case .lossWeight(let weight): "a loss weight is \(weight), a finite number is needed"
    case .classWeightsForOutputs(let names):
      "class weights need a model with one output, found the outputs \(names.joined(separator: ", ")): use sample weights"
    case .validationShare(let share, let count):
      "a validation share of \(share) of \(counted(count, "example")) leaves none to train on or none to validate with"
    case .classWeights(let found, let expected):
      "\(counted(found, "class weight")) for \(counted(expected, "class", plural: "classes"))"
    case .classNames(let output, let names, let outputs):
      "the data has \(counted(names, "class name")), and \(output) of the model has \(counted(outputs, "output")): "
        + "a name for each is needed, or two for one"
    case .classWeight(let weight): "a class weight is \(weight), a finite number of 0 or more is needed"
    case .metricName(let name):
      "two figures are called \(name): metrics need names that differ from each other and from \"loss\", also with \"val_\" "
        + "before them"
    case .otherClasses(let difference): difference.description
    case .otherPreprocessing(let difference): difference.description
    case .otherFeatures(let difference): difference.description
    case .otherTargets(let difference): difference.description
    case .unknownTargets(let owner): "\(owner): it has no targets, so it can only be used for predictions"
    case .targetsForLoss(let meaning, let loss):
      "the targets are \(meaning.inWords), and the loss expects \(loss.words): use \(meaning.fittingLoss)"
    case .classWeightsForTargets(let meaning):
      "class weights need one class for each example, and the targets are \(meaning.inWords)"
    case .otherOutputs(let model, let loss):
      "the model was trained to output \(model.words), the loss expects \(loss.words). If the loss is right, set "
        + "model.outputMeaning = nil first"
    case .probabilitiesForLogits(let loss):
      "the loss expects \(loss.words), and the model ends in a softmax or a sigmoid: use fromLogits: false, or a last layer "
        + "without an activation"
    case .valuesForProbabilities(let loss, let output, let activation):
      "the loss expects \(loss.words), and the output \(output) of the model ends "
        + (activation == .linear ? "without an activation" : "in \(activation)")
        + ": use a last layer with a \(loss == .binaryProbabilities ? "sigmoid" : "softmax"), or fromLogits: true in the loss for "
        + "a last layer without an activation"
    case .softmaxOfOne(let output):
      "the output \(output) of the model is a softmax over one class, which is always 1: use a sigmoid and "
        + ".binaryCrossEntropy for one answer of yes or no, or an output for each class"
    case .unknownFigure(let name, let owner, let known):
      "\(owner): this training has no figure \"\(name)\". There are " + known.joined(separator: ", ")
    case .unknownDirection(let name, let owner):
      "\(owner): it is not known whether \(name) should rise or fall. Pass mode: .max or mode: .min, or give the metric "
        + "a direction"
    case .memory(let batchSize, let inputShape, let gigabytes, let available):
      "a batch of \(counted(batchSize, "input")) \(inputShape) needs at least \(byteText(gigabytes * 1e9)) of memory, and "
        + "\(byteText(available)) are available: use a smaller batchSize or smaller inputs"
    case .mixedIndices:
      "class indices cannot be mixed: mixing needs one-hot targets (labelMode .oneHot) and .categoricalCrossEntropy"
    case .option(let owner, let reason): "\(owner): \(reason)"
    case .statisticsBatches(let count): "preciseStatistics asks for \(count) batches; at least 1 is needed"
    }
  }
}

/// What may be the reason of inputs of another shape.
private func hint(found: Shape, expected: Shape) -> String {
  let isImage = expected.rank == 3
  let channelsLast = isImage ? Shape([expected[1], expected[2], expected[0]]) : expected
  if found == channelsLast { return ": the channels come first, permuted([0, 3, 1, 2]) moves them there" }
  guard expected.rank > 0, [expected, channelsLast].contains(where: { found == Shape($0.dropFirst()) }) else {
    return ""
  }
  return ": a batch of one example has the shape \(Shape([1] + expected))"
    + (isImage && found != Shape(expected.dropFirst()) ? ", with the channels first" : "")
}

extension TargetMeaning {
  /// A loss for such targets, for a message.
  fileprivate var fittingLoss: String {
    switch self {
    case .oneClass: ".categoricalCrossEntropy behind a softmax"
    case .severalClasses: ".binaryCrossEntropy behind a sigmoid"
    case .numbers: ".meanSquaredError behind a layer without an activation"
    case .unknown: "a data set with targets"
    }
  }
}

extension OutputMeaning {
  /// The meaning for a message.
  var words: String {
    switch self {
    case .probabilities: "probabilities of classes"
    case .logits: "logits of classes (fromLogits: true)"
    case .binaryProbabilities: "probabilities of yes"
    case .binaryLogits: "logits of yes (fromLogits: true)"
    case .values: "values"
    }
  }
}
