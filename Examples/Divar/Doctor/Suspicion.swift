import Foundation
import Kilim

/// A photo that is likely a mistake.
struct Suspicion {
  /// What is wrong.
  enum Reason: String {
    /// Another class is much more likely.
    case label
    /// Another photo of the same class shows the same.
    case duplicate
    /// A photo of another class shows the same.
    case duplicateInOtherClass = "duplicate-in-other-class"
    /// It is unlike all other photos.
    case outlier
  }

  /// The number of the photo.
  let photo: Int
  let reason: Reason
  /// How certain it is, up to 1: 1 minus the probability of the label, the similarity of the duplicates, or 1 minus the similarity
  /// to the tenth neighbour.
  let score: Double
  /// The class that is more likely.
  var suggestion: Int?
  /// The other photo.
  var twin: Int?

  /// What a doctor finds, by reason, the most certain first. Of two photos that show the same, the second one is listed, or the
  /// one whose label is likely wrong.
  static func all(by doctor: DataDoctor, labels: [Int]) -> [Suspicion] {
    let wrong = Set(doctor.wrongLabels.map(\.example))
    return doctor.wrongLabels.map {
      Suspicion(photo: $0.example, reason: .label, score: 1 - $0.probability, suggestion: $0.suggestion)
    }
      + doctor.nearDuplicates.map { pair in
        let isFirst = wrong.contains(pair.first) && !wrong.contains(pair.second)
        let (photo, twin) = isFirst ? (pair.first, pair.second) : (pair.second, pair.first)
        return Suspicion(
          photo: photo, reason: labels[photo] == labels[twin] ? .duplicate : .duplicateInOtherClass,
          score: pair.similarity, twin: twin)
      }
      + doctor.outliers.map { Suspicion(photo: $0.example, reason: .outlier, score: 1 - $0.similarity) }
  }
}

/// A path without parts that change nothing: `./a//b.jpg` is `a/b.jpg`.
func plainPath(_ path: String) -> String {
  let parts = path.split(separator: "/").filter { $0 != "." }
  return (path.utf8.first == UInt8(ascii: "/") ? "/" : "") + parts.joined(separator: "/")
}

/// The path of a file inside of a folder, from the folder on.
func pathInside(_ folder: String, _ path: String) -> String {
  let prefix = Array((folder.hasSuffix("/") ? folder : folder + "/").utf8)
  guard path.utf8.starts(with: prefix) else { return path }
  return String(decoding: path.utf8.dropFirst(prefix.count), as: UTF8.self)
}
