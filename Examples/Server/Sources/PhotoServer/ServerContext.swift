import Hummingbird
import NIOCore
import Synchronization

/// What belongs to a request: also its connection, which is closed when the rest of a body is not wanted.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The body of the request.
  let body = BodyProgress()
  private let channel: any Channel

  init(source: Source) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// Closes the connection soon, so that the client can still read the answer, but cannot send without end.
  func closeSoon() {
    channel.eventLoop.scheduleTask(in: .seconds(1)) { [channel] in channel.close(promise: nil) }
  }
}

/// How far the body of a request was read.
final class BodyProgress: Sendable {
  private let read = Mutex(false)

  /// Whether it was read to its end.
  var isRead: Bool {
    get { read.withLock { $0 } }
    set { read.withLock { $0 = newValue } }
  }
}
