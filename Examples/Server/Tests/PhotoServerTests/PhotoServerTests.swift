import Foundation
import Hummingbird
import HummingbirdTesting
import Kilim
import NIOCore
import Testing

@testable import PhotoServer

struct PhotoServerTests {
  private func withServer(
    _ limits: ServerLimits = ServerLimits(), token: String? = nil,
    _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
  ) async throws {
    let server = try PhotoServer(Colours.model(), name: "colours.keras", limits: limits, token: token)
    let application = server.application()
    try await application.test(.live) { client in try await body(client) }
  }

  private func json(_ response: TestResponse) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(buffer: response.body))
    return try #require(object as? [String: Any])
  }

  private func photos(_ response: TestResponse) throws -> [[String: Any]] {
    let object = try json(response)
    return try #require(object["photos"] as? [[String: Any]])
  }

  private func firstClass(_ photo: [String: Any]) -> String? {
    ((photo["classes"] as? [[String: Any]])?.first?["name"]) as? String
  }

  @Test func aPhotoAsTheBodyIsAnswered() async throws {
    try await withServer { client in
      let response = try await client.execute(
        uri: "/v1/predict", method: .post, headers: [.contentType: "image/png"], body: ByteBuffer(bytes: Colours.red))
      #expect(response.status == .ok)
      let photos = try photos(response)
      #expect(photos.count == 1 && firstClass(photos[0]) == "red")
      let classes = try #require(photos[0]["classes"] as? [[String: Any]])
      let expected = 1 / (1 + exp(-9.0))
      let probability = try #require(classes[0]["probability"] as? Double)
      #expect(abs(probability - expected) < 1e-6)
      #expect(response.headers[.xContentTypeOptions] == "nosniff")
      #expect(response.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
    }
  }

  @Test func severalPhotosAreAnsweredInTheirOrder() async throws {
    var body: [UInt8] = []
    for (name, bytes) in [("a", Colours.blue), ("b", Array("no photo".utf8)), ("c", Colours.red)] {
      body += Array("--B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"\(name)\"\r\n\r\n".utf8) + bytes
      body += Array("\r\n".utf8)
    }
    body += Array("--B--\r\n".utf8)
    try await withServer { [body] client in
      let response = try await client.execute(
        uri: "/v1/predict?top=1", method: .post, headers: [.contentType: "multipart/form-data; boundary=B"],
        body: ByteBuffer(bytes: body))
      #expect(response.status == .ok)
      let photos = try photos(response)
      #expect(photos.map { $0["photo"] as? String } == ["a", "b", "c"])
      #expect(photos.map(firstClass) == ["blue", nil, "red"])
      #expect((photos[0]["classes"] as? [Any])?.count == 1)
      #expect(
        (photos[1]["error"] as? String)?.contains(
          "expected a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC or JPEG XL image") == true)
    }
  }

  @Test(arguments: [
    ("/v1/predict", "image/png", "no photo", 422), ("/v1/predict", "image/png", "", 400),
    ("/v1/predict?top=0", "image/png", "x", 400), ("/v1/predict?top=x", "image/png", "x", 400),
    ("/v1/predict", "multipart/form-data", "x", 400), ("/v1/predict", "multipart/form-data; boundary=B", "x", 400),
    ("/v1/predict", "multipart/mixed; boundary=B", "x", 415), ("/v1/nothing", "image/png", "x", 404),
    ("/../../etc/passwd", "image/png", "x", 404),
  ])
  func wrongRequestsAreRefused(uri: String, type: String, body: String, status: Int) async throws {
    try await withServer { client in
      let response = try await client.execute(
        uri: uri, method: .post, headers: [.contentType: type], body: ByteBuffer(string: body))
      #expect(response.status.code == status)
    }
  }

  @Test func otherMethodsAreRefused() async throws {
    try await withServer { client in
      for (uri, method, allowed) in [
        ("/v1/predict", HTTPRequest.Method.get, "POST"), ("/v1/model", .delete, "GET, HEAD"),
        ("/", .options, "GET, HEAD"),
      ] {
        let response = try await client.execute(uri: uri, method: method)
        #expect(response.status == .methodNotAllowed && response.headers[.allow] == allowed, "\(uri)")
      }
      let head = try await client.execute(uri: "/health", method: .head)
      #expect(head.status == .ok)
    }
  }

  @Test func aBodyAboveTheLimitIsRefused() async throws {
    var limits = ServerLimits()
    limits.bodyBytes = 1_000
    try await withServer(limits) { client in
      let response = try await client.execute(
        uri: "/v1/predict", method: .post, body: ByteBuffer(repeating: 0, count: 2_000))
      #expect(response.status == .contentTooLarge)
      #expect(response.headers[.connection] == "close")
    }
  }

  @Test func whatExceedsTheQueueIsRefused() async throws {
    var limits = ServerLimits()
    limits.waitingPhotos = 0
    try await withServer(limits) { client in
      let response = try await client.execute(
        uri: "/v1/predict", method: .post, body: ByteBuffer(string: "x"))
      #expect(response.status == .tooManyRequests)
      #expect(response.headers[.retryAfter] == "1")
    }
  }

  @Test func theTokenIsAskedFor() async throws {
    try await withServer(token: "0123456789abcdef") { client in
      for (given, status) in [(nil, 401), ("Bearer wrong", 401), ("Bearer 0123456789abcdef", 200)] as [(String?, Int)] {
        let headers: HTTPFields = given.map { [.authorization: $0] } ?? [:]
        let response = try await client.execute(uri: "/v1/model", method: .get, headers: headers)
        #expect(response.status.code == status)
      }
      let health = try await client.execute(uri: "/health", method: .get)
      #expect(health.status == .ok)
    }
  }

  @Test func aPhotoIsExplained() async throws {
    let model = try Sequential(input: [3, 8, 8]) {
      Conv2D(4, kernelSize: 3, activation: .relu)
      GlobalAveragePool2D()
      Dense(2, activation: .softmax)
    }
    model.classes = ["red", "blue"]
    model.preprocessing = Preprocessing(imageSize: 8)
    model.outputMeaning = .probabilities
    let application = try PhotoServer(model, name: "seen").application()
    try await application.test(.live) { client in
      for (uri, status) in [("/v1/explain", 200), ("/v1/explain?class=blue", 200), ("/v1/explain?class=green", 400)] {
        let response = try await client.execute(uri: uri, method: .post, body: ByteBuffer(bytes: Colours.red))
        #expect(response.status.code == status, "\(uri)")
        guard status == 200 else { continue }
        let picture = try Image(decoding: Array(response.body.readableBytesView))
        #expect(picture.width > 100)
      }
      let bad = try await client.execute(uri: "/v1/explain", method: .post, body: ByteBuffer(string: "no photo"))
      #expect(bad.status == .unprocessableContent)
    }
    // Without feature maps, nothing can be shown.
    try await withServer { client in
      let response = try await client.execute(uri: "/v1/explain", method: .post, body: ByteBuffer(bytes: Colours.red))
      #expect(response.status == .notFound)
    }
  }

  @Test func theModelAndThePageAreShown() async throws {
    try await withServer { client in
      let model = try json(try await client.execute(uri: "/v1/model", method: .get))
      #expect(model["classes"] as? [String] == ["red", "blue"])
      #expect(model["task"] as? String == "classes")
      for path in ["/", "/page.js", "/page.css", "/openapi.json"] {
        let response = try await client.execute(uri: path, method: .get)
        #expect(response.status == .ok && response.body.readableBytes > 0, "\(path)")
      }
      let description = try json(try await client.execute(uri: "/openapi.json", method: .get))
      #expect(description["openapi"] as? String == "3.0.3")
    }
  }

  @Test func requestsAreCounted() async throws {
    try await withServer { client in
      for body in [Colours.red, [0]] {
        _ = try await client.execute(uri: "/v1/predict", method: .post, body: ByteBuffer(bytes: body))
      }
      _ = try await client.execute(uri: "/no/such/page", method: .get)
      let text = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
      for line in [
        "divar_requests_total{path=\"/v1/predict\",status=\"200\"} 1",
        "divar_requests_total{path=\"/v1/predict\",status=\"422\"} 1",
        "divar_requests_total{path=\"NotFound\",status=\"404\"} 1", "divar_photos_total{outcome=\"answered\"} 1",
        "divar_photos_total{outcome=\"unreadable\"} 1", "divar_waiting_photos 0", "divar_held_bytes 0",
      ] {
        #expect(text.contains(line + "\n"), "\(line) is missing in \(text)")
      }
    }
  }

  @Test func numbersArePredicted() async throws {
    let model = try Sequential(input: [3, 4, 4]) {
      GlobalAveragePool2D()
      Dense(1)
    }
    try model.load(state: ["dense.weight": Tensor(shape: [3, 1], scalars: [2, 0, 0]), "dense.bias": Tensor([1])])
    model.preprocessing = Preprocessing(imageSize: 4)
    model.targetMeaning = .numbers(names: ["price"], scaling: nil)
    let application = try PhotoServer(model, name: "prices").application()
    try await application.test(.live) { client in
      let response = try await client.execute(uri: "/v1/predict", method: .post, body: ByteBuffer(bytes: Colours.red))
      #expect(try photos(response)[0]["numbers"] as? [String: Double] == ["price": 3])
    }
  }

  @Test func whatRaisesANumberIsShown() async throws {
    let model = try Sequential(input: [3, 8, 8]) {
      Conv2D(4, kernelSize: 3, activation: .relu)
      GlobalAveragePool2D()
      Dense(2)
    }
    model.preprocessing = Preprocessing(imageSize: 8)
    model.targetMeaning = .numbers(names: ["price", "weight"], scaling: nil)
    let application = try PhotoServer(model, name: "prices").application()
    try await application.test(.live) { client in
      for (uri, status) in [("/v1/explain", 200), ("/v1/explain?number=weight", 200), ("/v1/explain?number=size", 400)]
      {
        let response = try await client.execute(uri: uri, method: .post, body: ByteBuffer(bytes: Colours.red))
        #expect(response.status.code == status, "\(uri)")
        guard status == 200 else { continue }
        #expect(try Image(decoding: Array(response.body.readableBytesView)).width > 100)
      }
    }
  }

  @Test func aModelThatCannotAnswerForPhotosIsRefused() throws {
    let model = try Colours.model()
    model.preprocessing = nil
    #expect(throws: ClassifyError.self) { try PhotoServer(model, name: "x") }
  }
}
