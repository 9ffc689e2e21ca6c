import Foundation
import GRDB
import Kilim

/// Makes a database of dark and light photos with patterns.
///
/// - Parameters:
///   - path: the file, which is new.
///   - count: the number of photos; every other one is light.
public func drawPhotos(to path: String, count: Int = 40) throws {
  try DatabaseQueue(path: path).write { database in
    try database.execute(sql: "CREATE TABLE photo (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, file BLOB NOT NULL)")
    for number in 0..<count {
      let (kind, shade) = number % 2 == 0 ? ("dark", 60) : ("light", 200)
      let pixels = (0..<32 * 32 * 3).map { UInt8((shade + $0 * (number + 7) % 50) % 256) }
      let file = try Image(width: 32, height: 32, pixels: pixels).png()
      try database.execute(
        sql: "INSERT INTO photo (kind, file) VALUES (?, ?)", arguments: [kind, Foundation.Data(file)])
    }
  }
}
