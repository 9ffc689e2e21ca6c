import NN
import Serialization

/// A model of Keras as a graph: its layers, which may be models themselves, and the calls of them.
struct KerasGraph {
  /// An input of the model.
  struct Input {
    let name: String
    /// The shape of a batch, as Keras writes it.
    let batchShape: JSON?
    /// The type of its numbers where they are whole ones; `nil` for floating point.
    let integer: KerasInteger?
  }

  /// A layer, or a model inside the model.
  struct Layer {
    /// Keras's name.
    let name: String
    /// What its variables are kept under: see ``KerasKeys``.
    let key: String
    let content: Content
  }

  enum Content {
    case layer(KerasDescription.Member)
    /// A model, or `TimeDistributed` of a model.
    case model(KerasGraph, ofEachTime: Bool)
  }

  /// A value of the graph.
  enum Source: Hashable {
    case input(Int)
    case call(Int, output: Int)
  }

  /// One call of a layer.
  struct Call {
    let layer: Int
    let sources: [Source]
    /// What the call says about training, whatever the model does; `nil` for nothing.
    let training: Bool?
  }

  /// The names of the models that it stands in, and its own.
  let names: [String]
  let inputs: [Input]
  /// The layers in Keras's order, without those of class `InputLayer`.
  let layers: [Layer]
  /// The calls, each behind those whose results it takes.
  let calls: [Call]
  let outputs: [Source]
  /// Whether it is written as Keras 2 writes a graph, or a model inside is.
  let isKeras2: Bool

  /// The classes of models.
  static let modelClasses: Set<String> = ["Sequential", "Functional", "Model"]
  /// Models may stand in models so deep.
  static let deepest = 16
  /// No model runs more calls, those of models inside counted each time.
  static let mostCalls = 20_000
  /// No model has more inputs.
  static let mostInputs = 1_000

  /// The number of calls that the model runs, those of models inside counted each time.
  var callCount: Int {
    calls.reduce(0) { count, call in
      guard case .model(let model, _) = layers[call.layer].content else { return count + 1 }
      return min(count + model.callCount, Self.mostCalls + 1)
    }
  }

  /// Whether the layers stand in a chain, each called once without arguments.
  var isChain: Bool {
    inputs.count == 1 && calls.count == layers.count
      && calls.indices.allSatisfy { index in
        calls[index].layer == index && calls[index].training == nil
          && calls[index].sources == [index == 0 ? .input(0) : .call(index - 1, output: 0)]
      }
      && outputs == [calls.isEmpty ? .input(0) : .call(calls.count - 1, output: 0)]
  }

  /// Whether the first layers that do more to an input than to treat each of its numbers alone are `Flatten` or
  /// `Reshape`: then `[null, H, W]` is an image without channels, else a sequence. A softmax is over the lines of a sequence.
  func flattensFirst(input: Int) -> Bool {
    var consumers: [Source: [Int]] = [:]
    for (number, call) in calls.enumerated() {
      for source in call.sources { consumers[source, default: []].append(number) }
    }
    var (pending, seen): ([Source], Set<Source>) = ([.input(input)], [])
    var found = false
    while let source = pending.popLast() {
      guard seen.insert(source).inserted else { continue }
      for number in consumers[source] ?? [] {
        let call = calls[number]
        switch layers[call.layer].content {
        case .layer(let member) where ["Flatten", "Reshape"].contains(member.kerasClass): found = true
        case .layer(let member) where KerasReading.planeClasses.contains(member.kerasClass) && !member.worksOnLines:
          pending.append(.call(number, output: 0))
        case .layer, .model(_, ofEachTime: true): return false
        case .model(let model, ofEachTime: false):
          let index = call.sources.firstIndex(of: source) ?? 0
          guard model.inputs.indices.contains(index), model.flattensFirst(input: index) else { return false }
          found = true
        }
      }
    }
    return found
  }
}

extension KerasDescription.Member {
  /// Whether the layer applies a function of whole lines, such as a softmax.
  fileprivate var worksOnLines: Bool {
    let activation = kerasClass == "Activation" ? options["activation"].flatMap { try? Activation(keras: $0) } : nil
    return activation.map { [.softmax, .logSoftmax, .sparsemax].contains($0) } ?? false
  }
}
