import Foundation

/// A file with these bytes, for readers that take a path: always the same one, in memory where the system has such a folder.
public func scratchFile(_ bytes: [UInt8]) throws -> String {
  try Data(bytes).write(to: URL(filePath: scratchPath))
  return scratchPath
}

private let scratchPath: String = {
  let memory = "/dev/shm"
  let folder = FileManager.default.isWritableFile(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
  atexit { unlink(scratchPath) }
  return "\(folder)/kilim-fuzz-\(getpid())"
}()
