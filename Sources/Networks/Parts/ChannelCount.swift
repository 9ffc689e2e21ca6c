/// The multiple of 8 nearest to a number of channels that a network's width was multiplied with, and at least 8.
///
/// - Parameter isBounded: whether no more than a tenth is lost by rounding down.
func channelCount(_ channels: Double, isBounded: Bool = true) -> Int {
  let rounded = max(8, Int(channels + 4) / 8 * 8)
  return isBounded && Double(rounded) < 0.9 * channels ? rounded + 8 : rounded
}

/// Throws unless channels can be multiplied by a factor.
func requireWidth(_ alpha: Double) throws(NetworkError) {
  guard alpha > 0, alpha <= 16 else { throw .width(alpha) }
}
