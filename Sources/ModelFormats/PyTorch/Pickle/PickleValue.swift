/// A value that a pickle describes.
///
/// Tuples, lists, dictionaries, storages and tensors are places in a ``PickleHeap``: values may be shared, or contain
/// themselves, and are still freed at once and without recursion.
enum PickleValue {
  case none
  case boolean(Bool)
  case integer(Int)
  /// An integer of more than 64 bits, or bytes: where it lies in the file.
  case bytes(Range<Int>)
  case number(Double)
  case text(String)
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  /// A name that stands for a constructor, a type or the like.
  case global(PyTorchGlobal)
  case storage(Int)
  case tensor(Int)
  /// A value that is allowed and that no tensor needs.
  case other
}

extension PickleValue: CustomStringConvertible {
  /// The kind of the value in words, for messages.
  var description: String {
    switch self {
    case .none: "None"
    case .boolean: "a truth value"
    case .integer: "an integer"
    case .bytes: "bytes"
    case .number: "a number"
    case .text: "a text"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .global(let global): "\(global)"
    case .storage: "a storage"
    case .tensor: "a tensor"
    case .other: "an object"
    }
  }
}

/// Where the values of a pickle are that have parts.
struct PickleHeap {
  /// The elements of each tuple.
  var tuples: [[PickleValue]] = []
  /// The elements of each list.
  var lists: [[PickleValue]] = []
  /// The entries of each dictionary, in their order.
  var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  /// The storages that are referred to.
  var storages: [PyTorchStorage] = []
  /// The tensors, each a view of a storage.
  var tensors: [PyTorchView] = []

  /// The elements of a tuple or list; `nil` for another value.
  func elements(of value: PickleValue) -> [PickleValue]? {
    switch value {
    case .tuple(let index): tuples[index]
    case .list(let index): lists[index]
    default: nil
    }
  }

  /// A tuple or list of integers, at most one for each axis of a tensor; `nil` for another value.
  func integers(in value: PickleValue) -> [Int]? {
    guard let elements = elements(of: value), elements.count <= PyTorchView.largestRank else { return nil }
    let integers = elements.compactMap { if case .integer(let integer) = $0 { integer } else { nil } }
    return integers.count == elements.count ? integers : nil
  }

  /// The value of the first entry with this text as its key.
  func value(_ name: String, inDictionary index: Int) -> PickleValue? {
    dictionaries[index].first { if case .text(let key) = $0.key { key == name } else { false } }?.value
  }
}
