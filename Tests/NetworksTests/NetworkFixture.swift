import Foundation
import Testing

@testable import Networks

/// Keras's networks, as `Fixtures/networks.py` has found them.
struct NetworkFixture: Decodable {
  struct Network: Decodable {
    /// Four hexadecimal digits of the checksum of each layer's line, in the order of the names.
    let layers: String
    let parameters: Int
    let multiplyAdds: Int
  }

  struct Pixels: Decodable {
    let pixels: [[Float]]
    let results: [String: [[Float]]]
  }

  let networks: [String: Network]
  let preprocessing: Pixels

  static let shared: NetworkFixture? = {
    guard let url = Bundle.module.url(forResource: "Fixtures/networks", withExtension: "json"),
      let data = try? Data(contentsOf: url)
    else { return nil }
    return try? JSONDecoder().decode(NetworkFixture.self, from: data)
  }()
}
