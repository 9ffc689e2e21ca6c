/// The machines that a program may connect to.
///
/// The address is checked when the socket is opened, after the name was resolved. So a name that resolves to a private
/// address is refused like the address itself, and a name that resolves to another address the second time is checked
/// again.
package enum AddressPolicy: Sendable {
  /// Only the public internet: an answer of a site must not make the program connect to the network of the user.
  case publicOnly
  /// Any machine, this one included: for tests.
  case any

  func allows(_ address: IPAddress?) -> Bool {
    switch self {
    case .publicOnly: address?.isPublic ?? false
    case .any: true
    }
  }
}
