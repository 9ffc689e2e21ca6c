import DivarCollector
import Testing

@Suite struct UserAgentTests {
  @Test(arguments: [
    ("me@example.org", "Kilim-divar/1.0 (+mailto:me@example.org)"),
    ("https://example.org/why", "Kilim-divar/1.0 (+https://example.org/why)"),
  ])
  func namesAContact(_ contact: String, _ text: String) throws {
    #expect(try UserAgent(contact: contact).description == text)
  }

  @Test(arguments: [
    "", "me", "me@home", "@example.org", "a b@example.org", "me@example.org\r\nHost: x", "me@example.org)", "https://",
    "من@example.org",
  ])
  func refuses(_ contact: String) {
    #expect(throws: CollectorError.contact(contact)) { try UserAgent(contact: contact) }
  }
}
