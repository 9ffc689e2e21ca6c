import Foundation
import GRDB
import Kilim

/// The photos of a table `photo` with the columns `id`, `kind` and `file`, the bytes of a picture.
///
/// The classes are read once. The bytes of a photo are read when they are needed, on any thread, so a database that is larger than
/// the memory works too, with `storage: .streamed`.
public struct DatabasePhotos: ExampleSource {
  private let database: DatabaseQueue
  private let rows: [(id: Int64, kind: String)]

  /// Opens a database for reading.
  public init(_ path: String) throws {
    var configuration = Configuration()
    configuration.readonly = true
    database = try DatabaseQueue(path: path, configuration: configuration)
    rows = try database.read { database in
      try Row.fetchAll(database, sql: "SELECT id, kind FROM photo ORDER BY id").map { ($0["id"], $0["kind"]) }
    }
  }

  /// The number of photos.
  public var count: Int { rows.count }

  /// The bytes of a photo.
  public func item(at index: Int) throws -> Photo {
    let id = rows[index].id
    let bytes = try database.read { database in
      try Foundation.Data.fetchOne(database, sql: "SELECT file FROM photo WHERE id = ?", arguments: [id])
    }
    guard let bytes else { throw MissingPhoto(id: id) }
    return .data(Array(bytes), name: "photo \(id)")
  }

  /// The class of a photo.
  public func target(at index: Int) -> String { rows[index].kind }
}

/// A photo that was in the database when it was opened.
public struct MissingPhoto: Error, CustomStringConvertible {
  /// Its number in the table.
  public let id: Int64

  /// What was found and what was expected.
  public var description: String { "photo \(id): found no row, expected the one that was there" }
}
