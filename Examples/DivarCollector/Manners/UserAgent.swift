/// The name with which the collector identifies itself to servers, with a contact.
package struct UserAgent: Sendable, CustomStringConvertible {
  /// The name that rules in a robots.txt go by.
  package static let product = "Kilim-divar"

  /// The value of the header field `User-Agent`.
  package let description: String

  /// Makes the name.
  ///
  /// - Parameter contact: a mail address, or the address of a page that says who collects and why.
  /// - Throws: ``CollectorError/contact(_:)`` if it is neither.
  package init(contact: String) throws(CollectorError) {
    let isPlain = contact.allSatisfy { $0.isASCII && !$0.isWhitespace && !"()<>\"".contains($0) }
    guard isPlain, contact.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .contact(contact) }
    if contact.hasPrefix("https://") || contact.hasPrefix("http://"), contact.count > 10 {
      description = "\(Self.product)/1.0 (+\(contact))"
    } else if contact.wholeMatch(of: /[^@]+@[^@]+\.[^@.]+/) != nil {
      description = "\(Self.product)/1.0 (+mailto:\(contact))"
    } else {
      throw .contact(contact)
    }
  }
}
