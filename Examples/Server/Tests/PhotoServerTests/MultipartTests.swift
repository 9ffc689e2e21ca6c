import Testing

@testable import PhotoServer

struct MultipartTests {
  private func files(_ text: String, boundary: String = "B", limit: Int = 9) throws -> [UploadedPhoto] {
    try Multipart.files(in: Array(text.utf8), boundary: boundary, limit: limit)
  }

  private func part(_ name: String, _ content: String) -> String {
    "--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\(name)\"\r\nContent-Type: image/png\r\n\r\n\(content)\r\n"
  }

  @Test func filesComeInTheirOrder() throws {
    let found = try files("preamble\r\n" + part("a.png", "one\r\n--b\r\n") + part("b; c.png", "") + "--B--\r\nepilogue")
    #expect(found.map(\.name) == ["a.png", "b; c.png"])
    #expect(found.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one\r\n--b\r\n", ""])
  }

  @Test func fieldsOfAFormAreLeftOut() throws {
    let field = "--B\r\nContent-Disposition: form-data; name=\"top\"\r\n\r\n3\r\n"
    #expect(try files(field + part("a", "x") + "--B--").map(\.name) == ["a"])
    #expect(try files(field + "--B\r\n\r\nno headers\r\n--B--") == [])
  }

  @Test func quotedNamesMayHaveQuotes() throws {
    #expect(try files(part("a\\\"b.png", "x") + "--B--").map(\.name) == ["a\"b.png"])
  }

  @Test(arguments: [
    ("", "boundary"), ("hello", "boundary"), ("x--B\r\n", "boundary"), ("--B", "line end"), ("--Bx", "line end"),
    ("--B\r\n", "no end"), ("--B\r\nContent-Disposition: form-data; filename=a\r\n\r\nx", "no end"),
    ("--B\r\n\r\nx\r\n--B", "line end"),
  ])
  func brokenBodiesAreRefused(body: String, word: String) {
    let error = #expect(throws: Multipart.Failure.self) { try files(body) }
    #expect(error?.description.contains(word) == true, "\(String(describing: error))")
  }

  @Test func longHeadersAreRefused() {
    let header = String(repeating: "x", count: 10_000)
    #expect(throws: Multipart.Failure.self) { try files("--B\r\nA: \(header)\r\n\r\nx\r\n--B--") }
  }

  @Test func tooManyPhotosAreRefused() {
    let body = (0..<3).map { part("\($0)", "x") }.joined() + "--B--"
    #expect(throws: Multipart.Failure.self) { try files(body, limit: 2) }
  }

  /// Each part takes time, whether it is a photo or not.
  @Test func tooManyFieldsAreRefused() throws {
    func fields(_ count: Int) -> String { String(repeating: "--B\r\n\r\n\r\n", count: count) }
    #expect(try files(fields(100) + part("a", "x") + "--B--").map(\.name) == ["a"])
    #expect(throws: Multipart.Failure.self) { try files(fields(101) + "--B--") }
  }

  @Test func everyPrefixIsRefusedOrRead() throws {
    let body = Array((part("a.png", "one") + part("b.png", "two") + "--B--\r\n").utf8)
    for count in 0..<body.count {
      let found = try? Multipart.files(in: Array(body.prefix(count)), boundary: "B", limit: 9)
      // All but the last line end are needed.
      #expect((found != nil) == (count >= body.count - 2))
    }
  }

  @Test(arguments: [
    ("multipart/form-data; boundary=abc", "abc"), ("multipart/form-data; charset=utf-8; boundary=\"a b\"", "a b"),
    ("multipart/form-data;BOUNDARY=x ; y=z", "x"),
  ])
  func boundariesAreRead(type: String, boundary: String) throws {
    #expect(try Multipart.boundary(of: type) == boundary)
  }

  @Test(arguments: [
    "multipart/form-data", "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
  ])
  func typesWithoutABoundaryAreRefused(type: String) {
    #expect(throws: Multipart.Failure.self) { try Multipart.boundary(of: type) }
  }
}
