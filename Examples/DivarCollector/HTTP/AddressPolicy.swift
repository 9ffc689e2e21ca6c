/// Which machines may be spoken to.
///
/// The address is judged when the socket is opened, after the name was resolved: a name that leads to a private
/// machine is refused as the number is, and a name that leads elsewhere the second time gains nothing.
package enum AddressPolicy: Sendable {
  /// The public internet alone: an answer of a site must not lead into the network of the user.
  case publicOnly
  /// Any machine, this one too: for tests.
  case any

  func allows(_ address: IPAddress?) -> Bool {
    switch self {
    case .publicOnly: address?.isPublic ?? false
    case .any: true
    }
  }
}
