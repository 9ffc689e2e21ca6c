import CZip
import Serialization
import Tensor

/// An entry of an archive that is not compressed, read in pieces from the file.
final class ZipEntrySource: ByteSource {
  let byteCount: Int
  private let name: String
  private let path: String
  private let archive: OpenArchive
  private let file: OpaquePointer

  /// Opens an entry, and reads it through to compare its checksum.
  ///
  /// - Parameters:
  ///   - name: the entry.
  ///   - number: its place in the archive.
  ///   - byteCount: how many bytes it has.
  ///   - archive: the archive, which stays open.
  ///   - path: where it came from, named by errors.
  /// - Throws: ``ModelFileError``.
  init(_ name: String, number: UInt64, byteCount: Int, in archive: OpenArchive, path: String) throws {
    func damaged(_ reason: String) -> ModelFileError {
      ModelFileError(path: path, place: name, problem: .damaged(reason))
    }
    guard let file = zip_fopen_index(archive.archive, number, 0) else {
      throw damaged(String(cString: zip_strerror(archive.archive)))
    }
    (self.name, self.path, self.byteCount, self.archive, self.file) = (name, path, byteCount, archive, file)
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    var done = 0
    while true {
      let count = piece.withUnsafeMutableBytes { zip_fread(file, $0.baseAddress, UInt64($0.count)) }
      if count < 0 { throw damaged(String(cString: zip_file_strerror(file))) }
      if count == 0 { break }
      done += Int(count)
    }
    guard done == byteCount else { throw damaged("it has \(done) of \(counted(byteCount, "byte"))") }
  }

  deinit {
    zip_fclose(file)
  }

  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws -> Int {
    guard offset >= 0, offset <= byteCount, zip_fseek(file, Int64(offset), SEEK_SET) == 0 else {
      throw ModelFileError(path: path, place: name, problem: .damaged("it cannot be read at byte \(offset)"))
    }
    var done = 0
    while done < target.count {
      let count = zip_fread(file, target.baseAddress.map { $0 + done }, UInt64(target.count - done))
      if count < 0 {
        throw ModelFileError(path: path, place: name, problem: .damaged(String(cString: zip_file_strerror(file))))
      }
      if count == 0 { break }
      done += Int(count)
    }
    return done
  }
}
