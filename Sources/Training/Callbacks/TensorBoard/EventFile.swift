import Glibc
import Serialization

/// A file of events that TensorBoard reads while it grows.
///
/// Source: TensorFlow's `event.proto` and `summary.proto`.
final class EventFile {
  private let file: RecordFile

  /// Makes a new file with a name of its own in a folder, which is made if it does not exist.
  ///
  /// - Throws: `FolderError` if the folder cannot be made, `FileError` if the file cannot.
  init(in folder: String) throws {
    try makeFolder(folder)
    let start = "\(folder)/events.out.tfevents.\(Int(Self.now)).kilim.\(getpid())"
    file = try Self.newFile(start)
    try write { $0.add(3, "brain.Event:2") }
  }

  private static func newFile(_ start: String) throws -> RecordFile {
    var number = 0
    while access("\(start).\(number)", F_OK) == 0 { number += 1 }
    return try RecordFile(making: "\(start).\(number)")
  }

  /// Seconds since 1970.
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Writes values of one step.
  func write(_ values: [SummaryValue], step: Int) throws {
    guard !values.isEmpty else { return }
    try write { event in
      event.add(2, step)
      event.add(5, ProtobufMessage { summary in for value in values { summary.add(1, value.message) } })
    }
  }

  /// Writes the graph of a network.
  func write(graph: ProtobufMessage) throws {
    try write { $0.add(4, graph) }
  }

  /// Says that the training begins again at a step: what the file of an interrupted training holds of this step and later
  /// ones does not count.
  func writeRestart(step: Int) throws {
    try write { event in
      event.add(2, step)
      event.add(7, ProtobufMessage { $0.add(1, 1) })
    }
  }

  private func write(_ fill: (inout ProtobufMessage) -> Void) throws {
    var event = ProtobufMessage { $0.add(1, Self.now) }
    fill(&event)
    try file.append(event.bytes)
  }
}
