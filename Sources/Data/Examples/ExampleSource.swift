/// A list of examples: items, each with what is known about it. Your own type needs three members:
///
/// ```swift
/// struct Catalogue: ExampleSource {
///   let products: [(title: String, kind: String, jpeg: [UInt8])]
///   var count: Int { products.count }
///   func item(at index: Int) throws -> Photo { .data(products[index].jpeg, name: products[index].title) }
///   func target(at index: Int) throws -> String { products[index].kind }
/// }
/// let photos = try PhotoSet(Catalogue(products: []), imageSize: 64)
/// ```
///
/// ``PhotoSet`` makes a data set of photos, and `TensorDataset(_:)` one of rows of numbers. The type of the target says
/// what it means: see ``ExampleTarget``.
public protocol ExampleSource<Item, Target>: Sendable {
  /// What a model sees: a ``Photo``, or an array of numbers.
  associatedtype Item: Sendable
  /// What a model should say about it.
  associatedtype Target: ExampleTarget
  /// The number of examples.
  var count: Int { get }
  /// The item of an example. Called on several threads at once, and again in each epoch if items are streamed.
  func item(at index: Int) throws -> Item
  /// The target of an example. Called once for each example, in order.
  func target(at index: Int) throws -> Target
  /// The names of all classes, or of the numbers, in the order of the outputs; `nil`, unless a type says otherwise: the
  /// classes that occur, sorted.
  var targetNames: [String]? { get }
  /// How much each example counts in the loss, finite and at least 0; `nil`, unless a type says otherwise: all the same.
  var sampleWeights: [Float]? { get }
  /// Possible mistakes in the source, in words for the user; none, unless a type says otherwise.
  var hints: [String] { get }
  /// Where an example is listed, such as `photos.csv, line 3`, for the error of a photo that cannot be used; `nil`, unless a
  /// type says otherwise.
  func place(of index: Int) -> String?
  /// The targets of all examples: made of ``target(at:)``, unless a type has better errors for them.
  func targets() throws -> Targets
}

extension ExampleSource {
  /// The classes that occur, sorted.
  public var targetNames: [String]? { nil }
  /// All examples count the same.
  public var sampleWeights: [Float]? { nil }
  /// No hints.
  public var hints: [String] { [] }
  /// Nowhere.
  public func place(of index: Int) -> String? { nil }
  /// The targets of all examples. The error of one that cannot be used says where it is listed, if ``place(of:)`` does.
  public func targets() throws -> Targets {
    do {
      return try Target.collect((0..<count).map { try target(at: $0) }, names: targetNames)
    } catch let error as TargetValueError {
      guard let place = error.example.flatMap(place(of:)) else { throw error }
      throw DatasetError.unusableTargets(path: place, found: error.found, expected: error.expected)
    }
  }
}

extension ExampleSource {
  /// Its hints, with those about names of classes that are found in it.
  func allHints(_ meaning: TargetMeaning) -> [String] {
    hints + (targetNames == nil ? nameHints(meaning.classes) : [])
  }
}

/// Examples in memory.
public struct Examples<Item: Sendable, Target: ExampleTarget>: ExampleSource {
  /// What a model sees.
  public let items: [Item]
  /// What it should say, one for each item.
  public let targets: [Target]
  /// The names of all classes, or of the numbers, in the order of the outputs, if they are given.
  public let targetNames: [String]?

  /// Makes a list of examples.
  ///
  /// - Throws: ``DatasetError/countsDiffer(inputs:targets:)`` for different numbers of items and targets.
  public init(_ items: [Item], _ targets: [Target], targetNames: [String]? = nil) throws(DatasetError) {
    guard items.count == targets.count else { throw .countsDiffer(inputs: items.count, targets: targets.count) }
    self.items = items
    self.targets = targets
    self.targetNames = targetNames
  }

  /// Makes a list of pairs.
  public init(_ pairs: some Sequence<(Item, Target)>, targetNames: [String]? = nil) {
    let pairs = Array(pairs)
    items = pairs.map(\.0)
    targets = pairs.map(\.1)
    self.targetNames = targetNames
  }

  /// The number of examples.
  public var count: Int { items.count }
  /// The item of an example.
  public func item(at index: Int) -> Item { items[index] }
  /// The target of an example.
  public func target(at index: Int) -> Target { targets[index] }
}
