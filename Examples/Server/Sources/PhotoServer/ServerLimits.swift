import Kilim

/// What clients may ask of the server. Whatever exceeds a limit is refused before memory is taken.
public struct ServerLimits: Sendable {
  /// The most bytes in the body of a request; more are refused with status 413.
  public var bodyBytes = 20 << 20
  /// The most bytes of all bodies that are in memory at once; more are refused with status 503.
  public var totalBytes = 256 << 20
  /// The longest time that a client may take to send a body, in seconds; then it gets status 408.
  public var bodySeconds = 30.0
  /// The longest time that a connection may be idle, in seconds.
  public var idleSeconds = 60.0
  /// The longest time that a client may take no bytes of an answer, in seconds; then its connection is closed.
  public var unreadSeconds = 60.0
  /// The longest time that the end of the server may take, in seconds; then requests that it has begun are left.
  public var endSeconds = 120.0
  /// The most photos in a request.
  public var photosPerRequest = 16
  /// The most photos that wait for an answer at once; more are refused with status 429.
  public var waitingPhotos = 128
  /// The most photos that are decoded at once: each takes up to 19 bytes of memory for a pixel.
  public var decoders = 4
  /// The most photos that the model answers together.
  public var batchSize = 16
  /// The most connections at once; more wait until one is closed.
  public var connections = 256
  /// The largest photo to decode.
  public var images = ImageLimits(pixels: 50_000_000, bytes: 20 << 20)

  /// The standard limits.
  public init() {}
}
