import Foundation
import Tensor

/// The weights of PyTorch's networks that `make_torch_networks.py` computes, computed here.
struct TorchWeights {
  let tensors: [String: Tensor<Float>]
  /// The names in PyTorch's order.
  let names: [String]

  private struct Entry: Decodable {
    let name: String
    let shape: [Int]

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      name = try list.decode(String.self)
      shape = try list.decode([Int].self)
    }
  }

  /// - Parameter kind: a key of `state_dicts.json`.
  init(_ kind: String) throws {
    let url = URL(filePath: pyTorchFixture("state_dicts.json"))
    let dicts = try JSONDecoder().decode([String: [Entry]].self, from: Data(contentsOf: url))
    let entries = dicts[kind] ?? []
    names = entries.map(\.name)
    tensors = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { seed, entry in
        (entry.name, Self.values(entry.name, Shape(entry.shape), seed))
      })
  }

  private static func values(_ name: String, _ shape: Shape, _ seed: Int) -> Tensor<Float> {
    let count = shape.elementCount
    let scalars: [Float]
    if shape.rank > 1 {
      let bound = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
      scalars = shares(count, seed).map { Float((2 * $0 - 1) * bound) }
    } else if name.hasSuffix("running_var") || name.hasSuffix("weight") {
      scalars = shares(count, seed).map { Float(0.5 + $0) }
    } else {
      scalars = shares(count, seed).map { Float(0.2 * ($0 - 0.5)) }
    }
    return Tensor(shape: shape, scalars: scalars)
  }

  /// Two pictures of this height and width.
  static func images(_ size: Int, count: Int = 2) -> Tensor<Float> {
    let scalars = shares(2 * 3 * size * size, 12345).prefix(count * 3 * size * size).map { Float(4 * $0 - 2) }
    return Tensor(shape: [count, 3, size, size], scalars: scalars)
  }

  /// Numbers from 0 to 1 that look random: 24 bits of a hash.
  private static func shares(_ count: Int, _ seed: Int) -> [Double] {
    let start = UInt64(seed) * 0x9E37_79B9
    return (0..<UInt64(count)).map { index in
      var x = UInt32(truncatingIfNeeded: start + index)
      x = (x ^ x >> 16) &* 0x7FEB_352D
      x = (x ^ x >> 15) &* 0x846C_A68B
      x ^= x >> 16
      return Double(x >> 8) / 16_777_216
    }
  }
}

/// Where a file of PyTorch's fixtures stands.
func pyTorchFixture(_ name: String) -> String {
  Bundle.module.bundleURL.appending(path: "Fixtures/PyTorch").appending(path: name).path
}
