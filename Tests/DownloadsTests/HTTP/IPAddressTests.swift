import Downloads
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: [
    "8.8.8.8", "185.143.233.1", "172.15.255.255", "172.32.0.1", "100.63.0.1", "100.128.0.1", "198.17.0.1", "11.0.0.0",
    "223.255.255.255", "2606:4700::1111", "2a00:1450::", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
  ])
  func publicAddress(_ text: String) throws {
    #expect(try #require(IPAddress(text)).isPublic)
  }

  @Test(arguments: [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.255.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::192.168.0.1", "2002:7f00:1::", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1", "2001:db8::1",
    "2001::1", "::7f00:1", "100::1",
  ])
  func privateAddress(_ text: String) throws {
    #expect(try !#require(IPAddress(text)).isPublic)
  }

  @Test func textAndBytes() throws {
    #expect(IPAddress("192.0.2.1")?.bytes == [192, 0, 2, 1])
    #expect(IPAddress("2001:db8:0::1")?.description == "2001:db8::1")
    #expect(IPAddress("127.1") == nil && IPAddress("example.org") == nil)
    #expect(IPAddress(bytes: [1, 2, 3]) == nil)
  }
}
