import Kilim
import Synchronization

/// A drawn set of pictures of the eleven classes: for users who have no photos of their own.
///
/// Every picture has its own random stream. So a seed gives the same files on any number of threads, and a smaller set
/// is the beginning of a larger one.
struct DemoData {
  /// The classes, in the order of their names.
  static let subjects: [any Subject] = [
    Peugeot206(), Bird(), Carpet(), Cat(), Cellphone(), Dog(), Fish(), Horse(), Laptop(), Perfume(), Sheep(),
  ]

  /// The number of pictures of each class.
  let perClass: Int
  /// The seed of everything that varies between pictures.
  let seed: UInt64

  /// The number of pictures of all classes.
  var count: Int { Self.subjects.count * perClass }

  /// Draws the pictures into one folder per class: `cat/0000.jpg`, `cat/0001.png`, …
  ///
  /// - Parameters:
  ///   - directory: a folder that is empty or does not exist yet.
  ///   - progress: called with the number of finished pictures after each one, from any thread but never twice at a
  ///     time.
  /// - Throws: `FolderError` or `FolderInUseError` before a picture is drawn; `FileError` if a picture cannot be
  ///   written, and those that were written before it stay.
  func write(to directory: String, progress: (Int) -> Void = { _ in }) throws {
    try makeFolders(in: directory)
    let state = Mutex<(finished: Int, failure: (any Error)?)>((0, nil))
    parallelFor(chunks: count) { number in
      guard state.withLock({ $0.failure == nil }) else { return }
      do {
        try writePicture(number, to: directory)
        state.withLock { state in
          state.finished += 1
          progress(state.finished)
        }
      } catch {
        state.withLock { $0.failure = $0.failure ?? error }
      }
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  private func makeFolders(in directory: String) throws {
    try makeFolder(directory)
    guard try namesInFolder(directory).isEmpty else { throw FolderInUseError(path: directory) }
    for subject in Self.subjects { try makeFolder("\(directory)/\(subject.name)") }
  }

  /// Draws the picture of a number in `0..<count` and writes it; every fourth is a PNG.
  private func writePicture(_ number: Int, to directory: String) throws {
    let (subjectNumber, index) = number.quotientAndRemainder(dividingBy: perClass)
    let subject = Self.subjects[subjectNumber]
    var generator = RandomGenerator(seed: seed, stream: UInt64(subjectNumber) << 32 | UInt64(index))
    let image = try subject.picture(using: &generator)
    let isPNG = index % 4 == 1
    let bytes = try isPNG ? image.png() : image.jpeg(quality: 45 + generator.integer(below: 51))
    let digits = String(index)
    let name = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    try writeAtomically(bytes, to: "\(directory)/\(subject.name)/\(name).\(isPNG ? "png" : "jpg")")
  }
}
