import Serialization
import Tensor

/// The files of a folder of photos that are to be inspected, by one process or by several.
package struct InspectedFiles {
  let listing: FolderListing

  /// Lists a folder.
  ///
  /// - Throws: ``DatasetError`` when the folder is missing or has fewer than two sub-folders.
  package init(of path: String) throws(DatasetError) {
    listing = try FolderListing(path)
  }

  /// The number of files.
  package var count: Int { listing.files.count }

  /// All classes and files, a line each: two processes with the same text inspect the same.
  package var text: String {
    let files = listing.files.map { "\($0.path), \(fileStatus($0.path)?.st_size ?? -1) bytes" }
    let classes = listing.classes.map { "the class \($0)" }
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
        found[index] = InspectedFile(listing.files[positions[index]], limits: limits)
      }
    }
    return found.compactMap(\.self)
  }
}

/// What an inspection finds in a file.
package enum InspectedFile: Codable, Sendable {
  case photo(InspectedPhoto)
  case unreadable(ImageError)

  init(_ file: PhotoFile, limits: ImageLimits) {
    do throws(ImageError) {
      self = .photo(try InspectedPhoto(file, limits: limits))
    } catch {
      self = .unreadable(error)
    }
  }

  var photo: InspectedPhoto? { if case .photo(let photo) = self { photo } else { nil } }
  var error: ImageError? { if case .unreadable(let error) = self { error } else { nil } }
}
