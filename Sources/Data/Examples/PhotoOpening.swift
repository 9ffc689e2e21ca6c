import Tensor

/// Reads the photos of a source for the first time, into the wanted storage.
struct PhotoOpening {
  let photos: PhotoRows
  /// The folder that the paths of the photos begin with; empty if there is none.
  let root: String
  let reader: PhotoReader
  /// Whether the first photo with a problem is an error.
  let stopsAtProblem: Bool

  /// The photos in a storage, and what is wrong with some of them, by row.
  func open(_ storage: PhotoStorage) throws -> (any DecodedPhotos, problems: [Int: PhotoProblem]) {
    switch storage {
    case .automatic(let budget):
      let byteCount = saturatingProduct(photos.count, reader.byteCount)
      let fits = byteCount <= budget && byteCount <= SystemMemory.available ?? .max
      return try open(fits ? .memory : .streamed)
    case .memory:
      try requireMemory(
        "keeping \(counted(photos.count, "photo")) of \(reader.preprocessing.imageSize) pixels in memory",
        saturatingProduct(photos.count, reader.byteCount))
      var readings: [PhotoReading] = []
      let bytes = Tensor<UInt8>(unsafeUninitialized: Shape([photos.count] + reader.preprocessing.inputShape)) {
        readings = reader.read(0..<photos.count, of: photos, into: $0)
      }
      try stopIfAsked(readings, 0)
      return (MemoryPhotos(storage: bytes, checksums: readings.map(\.checksum)), byRow(readings))
    case .streamed:
      let readings = stopsAtProblem ? [] : reader.check(photos)
      return (StreamedPhotos(photos: photos, reader: reader), byRow(readings))
    case .cache(let path):
      let cache = try PhotoCache.upToDate(
        path, fingerprint: fingerprint(of: photos, in: root, reader), photos: photos, reader: reader,
        stoppingAt: stopIfAsked)
      let readings = (0..<photos.count).map { PhotoReading(checksum: 0, problem: cache.problems[$0]) }
      try stopIfAsked(readings, 0)
      return (CachedPhotos(cache, photos: photos, reader: reader), byRow(readings))
    }
  }

  private func stopIfAsked(_ readings: [PhotoReading], _ firstRow: Int) throws {
    guard stopsAtProblem, let index = readings.firstIndex(where: { $0.problem != nil }),
      let problem = readings[index].problem
    else { return }
    throw photos.placing(problem.error, firstRow + index)
  }

  private func byRow(_ readings: [PhotoReading]) -> [Int: PhotoProblem] {
    Dictionary(
      uniqueKeysWithValues: readings.enumerated().compactMap { row, reading in
        reading.problem.map { (row, PhotoProblem(error: photos.placing($0.error, row), isUsed: $0.isUsed)) }
      })
  }
}
