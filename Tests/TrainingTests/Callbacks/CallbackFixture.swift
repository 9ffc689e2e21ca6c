import Foundation
import Testing

/// What Keras's callbacks see and decide; see `Fixtures/make_callbacks.py`.
struct CallbackFixture: Decodable {
  struct Plateau: Decodable {
    struct Options: Decodable {
      let patience: Int
      let factor, minDelta, minLr: Double?
      let cooldown: Int?
    }

    let values: [Double]
    let options: Options
    let rates: [Double]
  }

  struct Checkpoints: Decodable {
    struct Case: Decodable {
      struct Options: Decodable {
        let saveBestOnly: Bool?
        let initialValueThreshold: Double?
        let frequency: Int?
      }

      let pattern: String
      let options: Options
      let files: [String]
    }

    let values: [Double]
    let cases: [Case]
  }

  struct Averages: Decodable {
    struct Best: Decodable {
      let valLoss: [Double]
      let weights: [[Float]]
    }

    let inputs, targets, weight: [[Float]]
    let bias: [Float]
    let loss, valLoss: [Double]
    let final: [[Float]]
    let best: Best
  }

  let events: [String: [String]]
  let plateau: [Plateau]
  let schedule: [Double]
  let checkpoints: Checkpoints
  let averages: Averages

  static func load() throws -> CallbackFixture {
    let url = try #require(Bundle.module.url(forResource: "callbacks", withExtension: "json", subdirectory: "Fixtures"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(CallbackFixture.self, from: Data(contentsOf: url))
  }
}
