import Logging
import Optim
import Synchronization
import Testing
import Training
import TrainingLogging

/// What a logger of swift-log gets.
@Suite struct TrainingLoggerTests {
  private final class Messages: Sendable {
    let lines = Mutex<[String]>([])
  }

  private struct Handler: LogHandler {
    let messages: Messages
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
      let line = (["\(event.level)", "\(event.message)"] + values).joined(separator: " ")
      messages.lines.withLock { $0.append(line) }
    }
  }

  private func lines(
    _ level: Logger.Level = .info, epochs: Int = 1, callbacks: [any Callback] = []
  ) throws -> [String] {
    let messages = Messages()
    var logger = Logger(label: "test") { _ in Handler(messages: messages) }
    logger.logLevel = level
    _ = try? Toy.model().fit(
      Toy.data(16), epochs: epochs, batchSize: 8, optimizer: SGD(learningRate: 0.5), loss: .categoricalCrossEntropy,
      metrics: [], callbacks: callbacks + [TrainingLogger(logger)], progress: .silent)
    return messages.lines.withLock { $0 }
  }

  @Test func eventsAreMessages() throws {
    let found = try lines(epochs: 2)
    #expect(found.count == 4)
    #expect(found.first == "info training began epochs=2 examples=16")
    #expect(found[2].hasPrefix("info epoch ended epoch=1 learning_rate=0.5 loss=0."))
    #expect(found[2].hasSuffix(" step=4"))
    #expect(found.last == "info training ended end=finished")
    #expect(try lines(.trace).count { $0.hasPrefix("trace step ended epoch=0 learning_rate=0.5 loss=0.") } == 2)
  }

  @Test func warningsAndErrorsHaveTheirLevels() throws {
    struct Trouble: Error {}
    #expect(
      try lines(callbacks: [EarlyStopping()]).contains { $0.hasPrefix("warning EarlyStopping never sees val_loss") })
    let failing = ClosureCallback(batchBegan: { _ in throw Trouble() })
    #expect(try lines(callbacks: [failing]).last == "error training ended end=failed error=Trouble()")
  }
}
