import Serialization
import Tensor

/// Reads pickles of PyTorch, and executes nothing.
///
/// A pickle is a program for a small machine with a stack. This one makes values: numbers, texts, tuples, lists,
/// dictionaries, and descriptions of tensors. It looks no name up: the globals that it knows are cases of
/// ``PyTorchGlobal``, and each has one meaning here. All other instructions and names are refused.
///
/// Each instruction takes a fixed amount of memory at most, and their number is limited.
struct PickleReader {
  /// The most instructions of one pickle. A tensor needs about 30.
  static let largestInstructionCount = 4_000_000

  /// Where errors say that the pickle is: a path and an entry of an archive.
  let path: String
  let place: String

  /// What the pickle describes.
  var heap = PickleHeap()
  var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [UInt64: PickleValue] = [:]
  var source: PickleBytes
  /// The offset of the instruction that is carried out.
  private var start = 0
  /// The number of pairs that were copied from lists into dictionaries.
  var copiedPairCount = 0

  /// - Parameters:
  ///   - bytes: the bytes of a file or entry.
  ///   - offset: where the pickle begins.
  init(bytes: [UInt8], offset: Int = 0, path: String, place: String) {
    source = PickleBytes(bytes: bytes, offset: offset)
    (self.path, self.place) = (path, place)
  }

  /// Reads the pickle, and returns the value that it describes.
  ///
  /// - Throws: `ModelFileError` with the offset and the name of the instruction, or the module and the name of a global.
  mutating func read() throws -> PickleValue {
    for _ in 0..<Self.largestInstructionCount {
      start = source.offset
      guard let code = source.next() else { throw damaged("the pickle ends without STOP") }
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw error(
          .unsupported(
            found: "the instruction \(PickleOpcode.name(ofCode: code))", expected: "one that state dicts need"))
      }
      if opcode == .stop {
        guard stack.count == 1, marks.isEmpty else {
          throw damaged("\(counted(stack.count, "value")) are left at STOP, expected 1")
        }
        return stack[0]
      }
      try carryOut(opcode)
    }
    throw error(
      .unsupported(
        found: "a pickle of more than \(Self.largestInstructionCount) instructions", expected: "a state dict"))
  }

  private mutating func carryOut(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .proto:
      let version = try byte()
      guard (2...5).contains(version) else {
        throw error(.unsupported(found: "protocol \(version) of pickle", expected: "2 to 5"))
      }
    case .frame:
      let length = try integer(8)
      guard length <= UInt64(source.bytes.count - source.offset) else { throw damaged("a frame ends behind the file") }
    case .stop: break
    case .mark: marks.append(stack.count)

    case .none: stack.append(.none)
    case .newTrue: stack.append(.boolean(true))
    case .newFalse: stack.append(.boolean(false))
    case .binInt: stack.append(.integer(Int(Int32(truncatingIfNeeded: try integer(4)))))
    case .binInt1: stack.append(.integer(Int(try integer(1))))
    case .binInt2: stack.append(.integer(Int(try integer(2))))
    case .long1: stack.append(try long())
    case .binFloat: stack.append(.number(Double(bitPattern: try integer(8).byteSwapped)))

    case .binUnicode: stack.append(try text(lengthOf: 4))
    case .shortBinUnicode: stack.append(try text(lengthOf: 1))
    case .binUnicode8: stack.append(try text(lengthOf: 8))
    // Python 2 writes its texts this way.
    case .binString: stack.append(try text(lengthOf: 4))
    case .shortBinString: stack.append(try text(lengthOf: 1))
    case .binBytes: stack.append(try bytes(lengthOf: 4))
    case .shortBinBytes: stack.append(try bytes(lengthOf: 1))

    case .emptyTuple: pushTuple([])
    case .tuple: pushTuple(try valuesFromMark())
    case .tuple1: pushTuple(try pop(1))
    case .tuple2: pushTuple(try pop(2))
    case .tuple3: pushTuple(try pop(3))
    case .emptyList:
      heap.lists.append([])
      stack.append(.list(heap.lists.count - 1))
    case .append: try append(try pop(1))
    case .appends: try append(try valuesFromMark())
    case .emptyDict: pushDictionary([])
    case .setItem: try set(try pop(2))
    case .setItems: try set(try valuesFromMark())

    case .binPut: memo[try integer(1)] = try top()
    case .longBinPut: memo[try integer(4)] = try top()
    case .memoize: memo[UInt64(memo.count)] = try top()
    case .binGet: stack.append(try remembered(try integer(1)))
    case .longBinGet: stack.append(try remembered(try integer(4)))

    case .global:
      guard let module = source.line(), let name = source.line() else { throw damaged("a global has no name") }
      stack.append(try global(module, name))
    case .stackGlobal:
      guard case let names = try pop(2), case .text(let module) = names[0], case .text(let name) = names[1] else {
        throw damaged("a global has no name")
      }
      stack.append(try global(module, name))
    case .reduce, .newObj: stack.append(try construct(try pop(2)))
    case .build: try build(try pop(1)[0])
    case .binPersID: stack.append(try storage(try pop(1)[0]))
    }
  }
}

// MARK: Parts of instructions

extension PickleReader {
  private mutating func byte() throws -> UInt8 {
    guard let byte = source.next() else { throw cut() }
    return byte
  }

  private mutating func integer(_ byteCount: Int) throws -> UInt64 {
    guard let integer = source.integer(byteCount) else { throw cut() }
    return integer
  }

  /// An integer of any length, in two's complement.
  private mutating func long() throws -> PickleValue {
    let count = Int(try integer(1))
    guard let range = source.range(UInt64(count)) else { throw cut() }
    guard count <= 8 else { return .bytes(range) }
    let bits = source.bytes[range].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let unused = 64 - 8 * count
    return .integer(count == 0 ? 0 : Int(truncatingIfNeeded: bits << UInt64(unused)) >> unused)
  }

  private mutating func text(lengthOf byteCount: Int) throws -> PickleValue {
    guard let text = source.text(try integer(byteCount)) else {
      throw damaged("a text is cut short, or is not UTF-8")
    }
    return .text(text)
  }

  private mutating func bytes(lengthOf byteCount: Int) throws -> PickleValue {
    guard let range = source.range(try integer(byteCount)) else { throw cut() }
    return .bytes(range)
  }

  private func top() throws -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else { throw damaged("the stack is empty") }
    return value
  }

  /// The last values of the stack, which must lie above the last mark.
  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - count >= marks.last ?? 0 else { throw damaged("the stack is empty") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func valuesFromMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged("there is no mark") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private func remembered(_ key: UInt64) throws -> PickleValue {
    guard let value = memo[key] else { throw damaged("nothing is remembered as number \(key)") }
    return value
  }

  private mutating func pushTuple(_ values: [PickleValue]) {
    heap.tuples.append(values)
    stack.append(.tuple(heap.tuples.count - 1))
  }

  /// Adds a dictionary, and returns the value for it.
  mutating func dictionary(_ entries: [(key: PickleValue, value: PickleValue)]) -> PickleValue {
    heap.dictionaries.append(entries)
    return .dictionary(heap.dictionaries.count - 1)
  }

  private mutating func pushDictionary(_ entries: [(key: PickleValue, value: PickleValue)]) {
    stack.append(dictionary(entries))
  }

  private mutating func append(_ values: [PickleValue]) throws {
    guard case .list(let index) = try top() else { throw damaged("values are appended to \(try top())") }
    heap.lists[index] += values
  }

  private mutating func set(_ values: [PickleValue]) throws {
    guard values.count.isMultiple(of: 2) else { throw damaged("a key has no value") }
    switch try top() {
    case .dictionary(let index):
      for pair in stride(from: 0, to: values.count, by: 2) {
        heap.dictionaries[index].append((key: values[pair], value: values[pair + 1]))
      }
    case .other: break
    case let value: throw damaged("entries are given to \(value)")
    }
  }

  private func global(_ module: String, _ name: String) throws -> PickleValue {
    guard let global = PyTorchGlobal(module: module, name: name) else {
      throw error(
        .unsupported(
          found: "the global \(module).\(name)",
          expected: "what a state dict is made of. To save the weights alone, use "
            + "torch.save(model.state_dict(), path) in PyTorch"))
    }
    return .global(global)
  }

  private func cut() -> ModelFileError { damaged("the pickle is cut short") }

  func damaged(_ reason: String) -> ModelFileError { error(.damaged(reason)) }

  /// The error for the instruction that is carried out.
  func error(_ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(path: path, place: "\(place), byte \(start)", problem: problem)
  }
}
