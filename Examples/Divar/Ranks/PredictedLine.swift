import Foundation
import Kilim

/// What `divar predict` prints for a photo.
struct PredictedLine: Codable {
  let text: String?
  let error: String?

  /// The lines of photos, each of which one of several processes looks at, on all of them.
  static func shared(
    by distribution: Distribution, of paths: [String], _ line: (String) -> PredictedLine
  ) throws -> [PredictedLine] {
    let (rank, size) = (distribution.rank, distribution.size)
    let own = stride(from: rank, to: paths.count, by: size).map { line(paths[$0]) }
    let all = try Distributed.start().allGather(Array(JSONEncoder().encode(own))).map {
      try JSONDecoder().decode([PredictedLine].self, from: Foundation.Data($0))
    }
    return paths.indices.map { all[$0 % size][$0 / size] }
  }
}
