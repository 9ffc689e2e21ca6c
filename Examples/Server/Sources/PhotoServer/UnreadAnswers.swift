import HummingbirdCore
import NIOCore

/// Closes a connection whose client takes no bytes of its answers for too long. Hummingbird's own limit for idle connections does
/// not count while an answer is on its way, so that a client that never reads would hold its place for ever.
///
/// NIO calls it on the event loop of its connection alone.
final class UnreadAnswers: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny

  private let limit: TimeAmount
  private var end: Scheduled<Void>?

  /// - Parameter limit: how long the bytes that wait for the client may fill their buffers.
  init(limit: TimeAmount) {
    self.limit = limit
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    end?.cancel()
    let channel = context.channel
    end =
      channel.isWritable ? nil : context.eventLoop.scheduleTask(in: limit) { channel.close(mode: .all, promise: nil) }
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end?.cancel()
    context.fireChannelInactive()
  }
}

extension HTTPServerBuilder {
  /// Speaks HTTP/1.1, and closes connections that are idle or do not take their answers.
  public static func http1(_ limits: ServerLimits) -> HTTPServerBuilder {
    func time(_ seconds: Double) -> TimeAmount { .milliseconds(Int64(seconds * 1_000)) }
    let unread = time(limits.unreadSeconds)
    return .http1(
      configuration: .init(
        additionalChannelHandlers: [UnreadAnswers(limit: unread)], idleTimeout: time(limits.idleSeconds)))
  }
}
