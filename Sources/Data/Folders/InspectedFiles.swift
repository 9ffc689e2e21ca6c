import Serialization
import Tensor

/// The photos that are to be inspected, by one process or by several.
package struct InspectedFiles: Sendable {
  /// What the targets mean, with the names of the classes.
  let meaning: TargetMeaning
  /// The classes of each photo, as positions among their names.
  let labels: [[Int]]
  /// The range of each number that a photo is labelled with.
  let numbers: [NumberRange]
  /// The files that are known to be unreadable before any is read.
  let refused: [ImageError]
  /// Possible mistakes, in words.
  let hints: [String]
  private let photos: PhotoRows
  /// The label of a photo in words, if the path does not say it.
  private let words: @Sendable (_ row: Int) -> [String]

  /// Lists a folder with one sub-folder for each class.
  ///
  /// - Throws: ``DatasetError`` when the folder is missing or has fewer than two sub-folders.
  package init(of path: String) throws(DatasetError) {
    let listing = try FolderListing(path)
    meaning = .oneClass(names: listing.classes)
    labels = listing.files.map { [$0.label] }
    photos = PhotoRows(paths: listing.files.map(\.path))
    (numbers, refused, words) = ([], listing.refused, { _ in [] })
    hints = listing.hints + nameHints(listing.classes)
  }

  /// Lists the photos of a source, such as those of a table.
  ///
  /// - Throws: the errors of the source.
  package init(_ source: some ExampleSource<Photo, some ExampleTarget>) throws {
    let targets = try source.targets()
    meaning = targets.meaning
    labels = (0..<targets.count).map(targets.classes)
    photos = PhotoRows(source)
    numbers = NumberRange.all(of: targets)
    (refused, words) = ([], targets.words)
    hints = source.allHints(meaning)
  }

  /// The number of files.
  package var count: Int { photos.count }

  /// All classes and files, a line each: two processes with the same text inspect the same.
  package var text: String {
    let files = (0..<count).map { row in
      let name = photos.name(row)
      return (["\(name), \(fileStatus(name)?.st_size ?? -1) bytes"] + words(row)).joined(separator: ", ")
    }
    let classes = meaning.classes.map { "the class \($0)" }
    return (classes + ["no more classes"] + files + ["no more files"]).joined(separator: "\n")
  }

  /// Decodes some files, in parallel.
  ///
  /// - Parameters:
  ///   - positions: which ones.
  ///   - limits: the largest photo that is decoded.
  package func inspect(_ positions: [Int], limits: ImageLimits) -> [InspectedFile] {
    var found = [InspectedFile?](repeating: nil, count: positions.count)
    found.withUnsafeMutableBufferPointer { found in
      parallelFor(chunks: positions.count) { index in
        let row = positions[index]
        do throws(ImageError) {
          found[index] = .photo(try InspectedPhoto(try photos.photo(row), labels: labels[row], limits: limits))
        } catch {
          found[index] = .unreadable(photos.placing(error, row))
        }
      }
    }
    return found.compactMap(\.self)
  }

  /// The positions among the readable photos of those with the same bytes, in groups of at least two.
  ///
  /// - Parameter found: what is in each file, in their order.
  package func duplicates(among found: [InspectedFile]) throws -> [[Int]] {
    let rows = found.indices.filter { found[$0].photo != nil }
    return try groupByContent(PhotoRows(count: rows.count) { [photos] in try photos.photo(rows[$0]) }).filter {
      $0.count > 1
    }
  }
}

/// What an inspection finds in a file.
package enum InspectedFile: Codable, Sendable {
  case photo(InspectedPhoto)
  case unreadable(ImageError)

  var photo: InspectedPhoto? { if case .photo(let photo) = self { photo } else { nil } }
  var error: ImageError? { if case .unreadable(let error) = self { error } else { nil } }
}

/// The range of a number over all examples.
public struct NumberRange: Hashable, Sendable {
  /// The name of the number.
  public let name: String
  /// The smallest and the largest value.
  public let lowest, highest: Double
  /// The mean of all values.
  public let mean: Double

  /// The range of each number of some targets; none if they are not numbers.
  static func all(of targets: Targets) -> [NumberRange] {
    guard case .numbers(let names, _) = targets.meaning, targets.count > 0 else { return [] }
    let table = targets.tensor(of: Array(0..<targets.count), mode: .index)
    return names.enumerated().map { index, name in
      let values = table.select(index, axis: 1).scalars.map { Double($0) }
      return NumberRange(
        name: name, lowest: values.min() ?? 0, highest: values.max() ?? 0,
        mean: values.reduce(0, +) / Double(values.count))
    }
  }
}
