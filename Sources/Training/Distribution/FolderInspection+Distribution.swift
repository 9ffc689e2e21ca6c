import Data
import Serialization

extension FolderInspection {
  /// Inspects all files of a folder with several processes, each of which decodes every R-th file. All ranks get the whole result,
  /// which is that of one process.
  ///
  /// - Parameters:
  ///   - path: the folder, which all ranks see.
  ///   - limits: the largest photo that is decoded.
  ///   - distribution: the processes that share the work; `nil` for this one alone.
  /// - Throws: ``DatasetError`` when the folder is missing or has fewer than two sub-folders; ``DistributionError`` when a rank
  ///   has failed or sees other files; `FileError` when a file goes away meanwhile.
  public init(_ path: String, limits: ImageLimits = .standard, distribution: Distribution?) throws {
    try self.init(path, limits: limits, distribution: distribution) { try InspectedFiles(of: path) }
  }

  /// Inspects files that each rank lists.
  ///
  /// - Parameters:
  ///   - path: the folder or the table, for errors.
  ///   - limits: the largest photo that is decoded.
  ///   - distribution: the processes that share the work; `nil` for this one alone.
  ///   - list: lists the files.
  /// - Throws: the errors of `list`; ``DistributionError`` when a rank has failed or sees other files or labels; `FileError` when a
  ///   file goes away meanwhile.
  package init(
    _ path: String, limits: ImageLimits, distribution: Distribution?, list: () throws -> InspectedFiles
  ) throws {
    guard let distribution, distribution.size > 1 else {
      try self.init(list(), limits: limits)
      return
    }
    let (rank, size) = (distribution.rank, distribution.size)
    let files = try distribution.together(list)
    try distribution.requireAgreement(files.text) { other, _ in
      let (own, others) = zip(lines(files.text), lines(other)).first { $0 != $1 } ?? (ExactText(""), ExactText(""))
      return "\(path) holds \(own.text) here and \(others.text) there"
    }
    let parts = try distribution.states {
      var state = SavedState()
      try state.set(files.inspect(Array(stride(from: rank, to: files.count, by: size)), limits: limits), for: "files")
      return state
    }.map { try $0.value([InspectedFile].self, for: "files") }
    let found = (0..<files.count).map { parts[$0 % size][$0 / size] }
    self.init(files, found: found, duplicates: try distribution.lead { try files.duplicates(among: found) })
  }
}

private func lines(_ text: String) -> [ExactText] { text.split(separator: "\n").map { ExactText(String($0)) } }
