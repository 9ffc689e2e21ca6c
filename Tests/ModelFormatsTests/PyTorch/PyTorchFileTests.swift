import ModelFormats
import Serialization
import Tensor
import TestSupport
import Testing

/// Files that PyTorch has saved, in both forms, against NumPy's arrays of what they hold.
@Suite struct PyTorchFileTests {
  @Test(arguments: ["kinds.pth", "kinds.old.pth", "protocol4.pth", "protocol4.old.pth", "big.pth"])
  func viewsAndTypesAreReadAsPyTorchReadsThem(name: String) throws {
    let file = try PyTorchFile(contentsOf: fixturePath("PyTorch/\(name)"))
    let expected = try NPZ(contentsOf: fixturePath("PyTorch/kinds.npz")).tensors
    #expect(file.tensors == expected)
    #expect(file.names.prefix(3) == ["whole", "turned", "part"] && file.names.count == expected.count)
    #expect(file.key.isEmpty && file.skipped.isEmpty)
  }

  @Test func typesOfNewerVersionsAreRead() throws {
    let file = try PyTorchFile(contentsOf: fixturePath("PyTorch/newer.pth"))
    #expect(file.tensors == ["uint16": Tensor([1, 65535]), "uint32": Tensor([2_147_483_648])])
  }

  @Test(arguments: ["checkpoint.pth", "checkpoint.old.pth"])
  func theStateDictOfACheckpointIsFound(name: String) throws {
    let file = try PyTorchFile(contentsOf: fixturePath("PyTorch/\(name)"))
    #expect(
      file.names == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked",
      ])
    #expect(file.tensors["0.weight"]?.shape == [2, 3] && file.tensors["1.num_batches_tracked"]?.scalars == [1])
    #expect(file.key == "state_dict")
    #expect(file.skipped == ["epoch", "arch", "best_acc1", "optimizer", "args", "score"])
  }

  @Test func oneOfSeveralStateDictsIsNamed() throws {
    let path = fixturePath("PyTorch/two.pth")
    let message = failure { _ = try PyTorchFile(contentsOf: path) }
    #expect(message.contains("two.pth") && message.contains("generator, discriminator"), "\(message)")
    #expect(try PyTorchFile(contentsOf: path, key: "discriminator").skipped == ["generator"])
    #expect(failure { _ = try PyTorchFile(contentsOf: path, key: "critic") }.contains("critic"))
    let inner = try PyTorchFile(contentsOf: fixturePath("PyTorch/inner.pth"))
    #expect(inner.key == "model.state_dict" && inner.names.count == 7)
  }

  @Test(arguments: [
    ("module.pth", "torch.nn.modules.container.Sequential", "state_dict()"),
    ("script.pt", "TorchScript", "state_dict()"),
    ("tensor.pth", "a tensor", "state dict"), ("empty.pth", "epoch", "state dict"),
    ("network.safetensors", "safetensors", "PyTorch"),
  ])
  func whatIsNoStateDictIsRefused(name: String, found: String, expected: String) {
    let message = failure { _ = try PyTorchFile(contentsOf: fixturePath("PyTorch/\(name)")) }
    #expect(message.contains(name) && message.contains(found) && message.contains(expected), "\(message)")
  }

  /// Each beginning of a file, and each file with one other byte, is read or refused.
  @Test(arguments: ["kinds.pth", "kinds.old.pth", "checkpoint.old.pth"]) func damageIsAnError(name: String) throws {
    let bytes = try fixture("PyTorch/\(name)")
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: ModelFileError.self, "\(count)") {
        try PyTorchFile(bytes: Array(bytes.prefix(count)), path: name)
      }
    }
    for (number, offset) in stride(from: 0, to: bytes.count, by: 11).enumerated() {
      var changed = bytes
      changed[offset] ^= 1 << UInt8(number % 8)
      do { _ = try PyTorchFile(bytes: changed, path: name) } catch { #expect(error is ModelFileError, "\(error)") }
    }
    #expect(failure { _ = try PyTorchFile(bytes: bytes + [0], path: name) }.contains(name))
  }

  private func failure(_ body: () throws -> Void) -> String {
    (#expect(throws: ModelFileError.self) { try body() }).map { "\($0)" } ?? ""
  }
}
