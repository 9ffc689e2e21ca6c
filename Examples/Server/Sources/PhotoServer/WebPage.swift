import Hummingbird

/// A file that the server shows in browsers. All are part of the program: the server opens no file for a client.
struct WebPage: Sendable {
  let path: String
  private let type: String
  private let bytes: [UInt8]

  static let all = [
    WebPage(path: "/", type: "text/html; charset=utf-8", bytes: PackageResources.index_html),
    WebPage(path: "/page.js", type: "text/javascript; charset=utf-8", bytes: PackageResources.page_js),
    WebPage(path: "/page.css", type: "text/css; charset=utf-8", bytes: PackageResources.page_css),
    WebPage(path: "/openapi.json", type: "application/json; charset=utf-8", bytes: PackageResources.openapi_json),
  ]

  var response: Response {
    Response(
      status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
