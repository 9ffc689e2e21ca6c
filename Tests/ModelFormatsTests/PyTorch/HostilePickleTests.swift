import ModelFormats
import Serialization
import Tensor
import Testing

/// Pickles that nobody should run. Each is refused, and the error names what it does.
@Suite struct HostilePickleTests {
  /// The old form of a file: a pickle for the magic number, the version, the machine, the content and the storages' names.
  private func file(_ content: [UInt8], keys: [UInt8] = [0x5D], storages: [UInt8] = []) -> [UInt8] {
    let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    return [magic, [0x4D, 0xE9, 0x03], [0x7D], content, keys].flatMap { [0x80, 2] + $0 + [0x2E] } + storages
  }

  private func text(_ text: String) -> [UInt8] { [0x58, UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8) }
  private func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
  private func integer(_ value: Int32) -> [UInt8] {
    [0x4A] + withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
  private func integers(_ values: [Int32]) -> [UInt8] { [0x28] + values.flatMap { integer($0) } + [0x74] }

  /// `{"w": tensor}` over a storage of `count` numbers.
  private func dictionary(count: Int32 = 4, offset: Int32 = 0, lengths: [Int32] = [4], strides: [Int32] = [1])
    -> [UInt8]
  {
    let storage =
      [0x28] + text("storage") + global("torch", "FloatStorage") + text("0") + text("cpu") + integer(count) + [
        0x74, 0x51,
      ]
    let tensor =
      global("torch._utils", "_rebuild_tensor_v2") + [0x28] + storage + integer(offset) + integers(lengths)
      + integers(strides) + [0x89, 0x7D, 0x74, 0x52]
    return [0x7D] + text("w") + tensor + [0x73]
  }

  private func failure(_ bytes: [UInt8]) -> String {
    (#expect(throws: ModelFileError.self) { try PyTorchFile(bytes: bytes, path: "evil.pth") }).map { "\($0)" } ?? ""
  }

  private let key: [UInt8] = [0x5D, 0x58, 1, 0, 0, 0, 0x30, 0x61]
  private let four: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 16)

  @Test func theFormIsUnderstood() throws {
    let read = try PyTorchFile(bytes: file(dictionary(), keys: key, storages: four), path: "good.pth")
    #expect(read.tensors == ["w": Tensor([0, 0, 0, 0])])
  }

  @Test(arguments: [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "getattr"), ("subprocess", "Popen"),
    ("torch", "load"), ("torch.storage", "_load_from_bytes"), ("torch", "hub.load"), ("torch.hub", "load"),
    ("importlib", "import_module"), ("runpy", "_run_code"), ("collections", "OrderedDict.fromkeys"), ("torch", ""),
    ("numpy", "load"), ("torch.nn.modules.linear", "Linear"), ("torch._utils", "_rebuild_qtensor"),
  ])
  func noGlobalIsImported(module: String, name: String) {
    // With the call that would follow, and as the name of a class alone.
    let call = global(module, name) + text("echo") + [0x85, 0x52]
    for content in [call, global(module, name), text(module) + text(name) + [0x93]] {
      let message = failure(file(content))
      #expect(message.contains("evil.pth") && message.contains("\(module).\(name)"), "\(message)")
    }
  }

  /// The instructions that a state dict does not need: `INST`, `OBJ`, extensions, keywords and the rest.
  @Test func noOtherInstructionIsCarriedOut() {
    let refused: [(UInt8, String)] = [
      (0x69, "INST"), (0x6F, "OBJ"), (0x82, "EXT1"), (0x83, "EXT2"), (0x84, "EXT4"), (0x92, "NEWOBJ_EX"),
      (0x50, "PERSID"),
      (0x32, "DUP"), (0x97, "NEXT_BUFFER"), (0x49, "INT"), (0x8B, "LONG4"), (0xFF, "255"),
    ]
    for (code, name) in refused {
      let message = failure(file([0x7D, code]))
      #expect(message.contains(name) && message.contains("byte"), "\(message)")
    }
  }

  @Test func callsOfValuesAreRefused() {
    #expect(failure(file(text("f") + [0x29, 0x52])).contains("a call of a text"))
    #expect(failure(file(global("torch", "FloatStorage") + [0x29, 0x52])).contains("a call"))
    #expect(failure(file(global("torch", "Tensor") + [0x29, 0x81])).contains("a call"))
    // Attributes of what is no dictionary, and a module with its source.
    #expect(failure(file([0x5D, 0x7D, 0x62])).contains("attributes"))
    #expect(failure(file([0x28] + text("module") + text("x") + [0x74, 0x51])).contains("state_dict()"))
  }

  @Test(arguments: [
    (4, 1, [4], [1]), (4, -1, [1], [1]), (4, 0, [-4], [1]), (4, 0, [4], [-1]), (4, 0, [2, 2], [3, 1]), (4, 0, [5], [1]),
    (4, 0, [4], [1, 1]), (4, 0, [.max, .max, .max], [1, 1, 1]), (4, 0, [2], [.max]), (-4, 0, [4], [1]),
    // A billion numbers of one, and a claim of eight gigabytes.
    (4, 0, [1000, 1000, 1000], [0, 0, 0]), (.max, 0, [.max], [1]),
  ])
  func tensorsStayInTheirStorages(count: Int32, offset: Int32, lengths: [Int32], strides: [Int32]) {
    let content = dictionary(count: count, offset: offset, lengths: lengths, strides: strides)
    _ = failure(file(content, keys: key, storages: four))
  }

  /// The offset of a part is a count of numbers, and a block of bytes does not say how long a number is.
  @Test func bytesWithoutATypeHaveNoParts() throws {
    let zeros = [UInt8](repeating: 0, count: 64)
    func content(part: [UInt8]) -> [UInt8] {
      let storage =
        [0x28] + text("storage") + global("torch.storage", "UntypedStorage") + text("0") + text("cpu") + integer(64)
        + part + [0x74, 0x51]
      let tensor =
        global("torch._utils", "_rebuild_tensor_v3") + [0x28] + storage + integer(0) + integers([16]) + integers([1])
        + [0x89, 0x7D] + global("torch", "float32") + [0x74, 0x52]
      return [0x7D] + text("w") + tensor + [0x73]
    }
    let stored = [64, 0, 0, 0, 0, 0, 0, 0] + zeros
    let whole = try PyTorchFile(bytes: file(content(part: [0x4E]), keys: key, storages: stored), path: "good.pth")
    #expect(whole.tensors == ["w": Tensor(zeros: [16])])
    for offset: Int32 in [0, 1, 64] {
      let part = [0x28] + text("0") + integer(offset) + integer(64 - offset) + [0x74]
      let message = failure(file(content(part: part), keys: key, storages: stored))
      #expect(message.contains("a part of a storage"), "\(message)")
    }
  }

  @Test func storagesFillTheFileOnce() {
    let content = dictionary()
    #expect(failure(file(content)).contains("missing"))
    #expect(failure(file(content, keys: key, storages: Array(four.dropLast()))).contains("storage"))
    #expect(failure(file(content, keys: key, storages: [5] + four.dropFirst())).contains("5"))
    #expect(failure(file(content, keys: key, storages: four + four)).contains("behind"))
    let twice = key.dropLast() + key.dropFirst(1).dropLast() + [0x61]
    _ = failure(file(content, keys: Array(twice), storages: four + four))
    #expect(failure(file(content, keys: key + key.dropFirst(), storages: four + four)).contains("twice"))
  }

  /// Values that contain themselves, values in a million others, and values that are remembered and doubled.
  @Test func depthAndRepetitionCostNothing() {
    let itself: [UInt8] = [0x5D, 0x71, 0, 0x68, 0, 0x61]
    #expect(failure(file(itself)).contains("a list"))
    let inItself = [0x7D, 0x71, 0] + text("model") + [0x68, 0, 0x73]
    #expect(failure(file(inItself)).contains("state dict"))
    let deep = [UInt8](repeating: 0x5D, count: 1_000_000) + [UInt8](repeating: 0x61, count: 999_999)
    #expect(failure(file(deep)).contains("a list"))
    let tuples = [0x29] + [UInt8](repeating: 0x85, count: 1_000_000)
    #expect(failure(file(tuples)).contains("a tuple"))
    var doubled: [UInt8] = [0x29]
    for step in 0..<100 { doubled += [0x71, UInt8(step), 0x68, UInt8(step), 0x86] }
    #expect(failure(file(doubled)).contains("a tuple"))
    // One long list of pairs, made into a dictionary again and again.
    var lists: [UInt8] = [0x5D, 0x71, 0, 0x28]
    for _ in 0..<5000 { lists += [0x4B, 1, 0x4B, 2, 0x86] }
    lists += [0x65]
    for _ in 0..<5000 { lists += global("collections", "OrderedDict") + [0x68, 0, 0x85, 0x52, 0x86] }
    #expect(failure(file(lists)).contains("many dictionaries"))
  }

  @Test func lengthsAreComparedWithTheFile() {
    #expect(failure(file([0x58, 0xFF, 0xFF, 0xFF, 0xFF])).contains("text"))
    #expect(failure(file([0x8D] + [UInt8](repeating: 0xFF, count: 8))).contains("text"))
    #expect(failure(file([0x42, 0xFF, 0xFF, 0xFF, 0x7F])).contains("cut"))
    #expect(failure(file([0x8A, 0xFF])).contains("cut"))
    #expect(failure(file([0x95] + [UInt8](repeating: 0xFF, count: 8))).contains("frame"))
    #expect(failure(file([0x68, 9])).contains("remembered"))
    #expect(failure(file([0x61])).contains("stack"))
    #expect(failure(file([0x74])).contains("mark"))
    #expect(failure(file([0x28, 0x71, 0])).contains("stack"))
    #expect(failure(file([0x5D, 0x28])).contains("STOP"))
    #expect(failure(file([0x58, 1, 0, 0, 0, 0xFF])).contains("UTF-8"))
  }
}
