import Foundation
import Kilim
import Serialization

/// What `divar inspect --backbone` finds, as a list, a summary and a picture.
struct SuspicionReport {
  private let found: [Suspicion]
  private let doctor: DataDoctor
  private let photos: ImageDataset
  private let labels: [Int]
  private let files: [String]

  init(_ doctor: DataDoctor, _ photos: ImageDataset, folder: String) {
    (self.doctor, self.photos, labels) = (doctor, photos, photos.labels)
    found = Suspicion.all(by: doctor, labels: labels)
    files = photos.paths.map { pathInside(folder, $0) }
  }

  /// A line for each photo: its path from the folder of photos on, the reason, how certain it is, the class of the photo, and the
  /// class or the photo that speaks against it.
  var csv: String {
    let lines = found.map { suspicion in
      csvLine([
        files[suspicion.photo], suspicion.reason.rawValue, String(format: "%.4f", suspicion.score),
        className(suspicion.photo),
        suspicion.suggestion.map { photos.classes[$0] } ?? suspicion.twin.map { files[$0] } ?? "",
      ])
    }
    return (["file,reason,score,class,instead"] + lines).joined(separator: "\n") + "\n"
  }

  /// The numbers, and the worst of each kind.
  func summary(listLimit: Int) -> String {
    let (twins, contradictions) = (of(.duplicate), of(.duplicateInOtherClass))
    let share = doctor.joint.map { String(format: "; confident learning estimates %.1f %%", 100 * $0.noiseShare) } ?? ""
    return [
      section(
        "labels that are likely wrong", of(.label), listLimit, remark: share
      ) { suspicion in
        "\(className(suspicion.photo)), more likely \(suspicion.suggestion.map { photos.classes[$0] } ?? "")"
      },
      section("the same photo in several classes", contradictions, listLimit, twin),
      section("the same photo in one class", twins, listLimit, twin),
      section("unlike all other photos", of(.outlier), listLimit) { className($0.photo) },
    ].joined(separator: "\n")
  }

  private func of(_ reason: Suspicion.Reason) -> [Suspicion] { found.filter { $0.reason == reason } }

  private func className(_ photo: Int) -> String { photos.classes[labels[photo]] }

  private func twin(_ suspicion: Suspicion) -> String { suspicion.twin.map { "= \(files[$0])" } ?? "" }

  private func section(
    _ heading: String, _ found: [Suspicion], _ limit: Int, remark: String = "", _ words: (Suspicion) -> String
  ) -> String {
    let lines = found.prefix(limit).map { suspicion in
      "  \(files[suspicion.photo]): \(words(suspicion)) (\(String(format: "%.3f", suspicion.score)))".withoutControls
    }
    let rest = found.count > limit ? ["  and \(found.count - limit) more; --list 0 shows all"] : []
    return (["\(heading): \(found.isEmpty ? "none" : "\(found.count)")\(remark)"] + lines + rest).joined(
      separator: "\n")
  }
}

extension SuspicionReport {
  private static let (rowLimit, imageLimit) = (12, 8)

  /// The worst: a row for each class with a likely wrong label and the class that it is more likely, for each pair of photos that
  /// show the same, and for photos that are unlike all others.
  ///
  /// - Parameter bitmap: makes a picture of the photo at a path.
  /// - Throws: the errors of `bitmap`.
  func contactSheet(_ bitmap: (String) throws -> Bitmap) throws -> ContactSheet {
    func row(_ title: String, _ remark: String, _ shown: some Sequence<Int>) throws -> ContactSheet.Row {
      ContactSheet.Row(
        title: title, remark: remark, images: try shown.prefix(Self.imageLimit).map { try bitmap(photos.paths[$0]) })
    }
    let mixedUp = Dictionary(grouping: of(.label)) { [labels[$0.photo], $0.suggestion ?? 0] }
      .sorted { ($1.value.count, $0.key[0], $0.key[1]) < ($0.value.count, $1.key[0], $1.key[1]) }
    let confused = try mixedUp.prefix(Self.rowLimit).map { pair, found in
      try row(
        "\(photos.classes[pair[0]]), or \(photos.classes[pair[1]])?", counted(found.count, "photo"), found.map(\.photo))
    }
    let twins = try (of(.duplicateInOtherClass) + of(.duplicate)).prefix(Self.rowLimit).map { suspicion in
      let twin = suspicion.twin ?? suspicion.photo
      return try row(
        "\(className(suspicion.photo)) = \(className(twin))", String(format: "similarity %.3f", suspicion.score),
        [suspicion.photo, twin])
    }
    let alone = of(.outlier)
    let outliers =
      alone.isEmpty ? [] : [try row("unlike all others", counted(alone.count, "photo"), alone.map(\.photo))]
    return ContactSheet(title: "Likely mistakes", rows: confused + twins + outliers)
  }
}
