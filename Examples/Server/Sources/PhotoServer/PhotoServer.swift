import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Kilim
import Logging

/// A server that answers for photos with a model.
///
/// - `GET /`: a page to drop photos on.
/// - `POST /v1/predict`: a photo as the body, or several as `multipart/form-data`; `?top=3` limits the classes of the answer.
/// - `POST /v1/explain`: a picture of where the model sees the most likely class of a photo, or that of `?class=`; or what raises
///   the first number, or that of `?number=`.
/// - `GET /v1/model`, `GET /health`, `GET /metrics`, `GET /openapi.json`.
public struct PhotoServer: Sendable {
  private let name: String
  private let limits: ServerLimits
  private let token: String?
  private let metrics = ServerMetrics()
  private let reading: RequestReading
  private let waiting: Admission
  private let answering: PhotoAnswering

  /// Makes a server.
  ///
  /// - Parameters:
  ///   - model: the model, which tells classes or predicts numbers.
  ///   - name: its name for clients.
  ///   - limits: what clients may ask for.
  ///   - token: what clients must show for `/v1` and `/metrics`; nothing by default.
  /// - Throws: `ClassifyError` or `FitError` if the model cannot answer for photos.
  public init(_ model: Model, name: String, limits: ServerLimits = ServerLimits(), token: String? = nil) throws {
    (self.name, self.limits, self.token) = (name, limits, token)
    reading = RequestReading(limits)
    waiting = Admission(limit: limits.waitingPhotos)
    answering = try PhotoAnswering(model, limits: limits, metrics: metrics)
  }

  /// The server, ready to run.
  ///
  /// - Parameters:
  ///   - host: the address to listen on.
  ///   - port: the port; 0 for any that is free.
  ///   - http: speaks HTTP/1.1, perhaps over TLS; idle connections are closed by its own limit.
  ///   - began: called with the port, once the server listens.
  public func application(
    host: String = "127.0.0.1", port: Int = 0, http: HTTPServerBuilder = .http1(),
    began: @escaping @Sendable (Int) -> Void = { _ in }
  ) -> some ApplicationProtocol {
    Application(
      router: router, server: http,
      configuration: ApplicationConfiguration(
        address: .hostname(host, port: port),
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
      onServerRunning: { channel in began(channel.localAddress?.port ?? port) },
      logger: Logger(label: "divar-server"))
  }

  /// The bytes of all bodies in memory.
  var heldByteCount: Int { reading.held.count }

  private var router: Router<ServerContext> {
    let (routes, router) = (routes, Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints))
    router.addMiddleware {
      SafeHeaders()
      Accounting(metrics: metrics)
      MethodCheck(routes)
    }
    let closed = router.group()
    if let token { closed.add(middleware: TokenCheck(token: token)) }
    for route in routes {
      let group: any RouterMethods<ServerContext> = route.asksForToken ? closed : router
      group.on(RouterPath(route.path), method: route.method, use: route.answer)
    }
    return router
  }

  /// All that the server answers.
  private var routes: [Route] {
    WebPage.all.map { page in Route(.get, page.path, asksForToken: false) { _, _ in page.response } } + [
      Route(.get, "/health", asksForToken: false) { request, context in
        "ok\n".response(from: request, context: context)
      },
      Route(.get, "/v1/model") { _, _ in try json(ModelReply(name, answering)) },
      Route(.get, "/metrics") { _, _ in
        Response(
          status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
          body: ResponseBody(
            byteBuffer: ByteBuffer(string: metrics.text(waiting: waiting.count, heldBytes: heldByteCount))))
      },
      Route(.post, "/v1/predict") { request, context in try await predict(request, context) },
      Route(.post, "/v1/explain") { request, context in try await explain(request, context) },
    ]
  }

  // MARK: Predicting

  private func predict(_ request: Request, _ context: ServerContext) async throws -> Response {
    let top = try top(of: request)
    return try await reading.withBody(of: request, context) { bytes in
      let photos = try photos(in: bytes, of: request)
      try takePlaces(photos.count)
      defer { waiting.giveBack(photos.count) }
      let replies = await withTaskGroup(of: (Int, PhotoReply).self) { group in
        for (index, photo) in photos.enumerated() {
          group.addTask { (index, await reply(to: photo, top: top)) }
        }
        return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
      }
      // A request of several photos succeeds if one of them does.
      let failed = replies.allSatisfy { $0.error != nil }
      return try json(PredictReply(model: name, photos: replies), failed ? .unprocessableContent : .ok)
    }
  }

  private func reply(to photo: UploadedPhoto, top: Int) async -> PhotoReply {
    do {
      let answer = try await answering.answer(for: photo)
      metrics.countPhoto("answered")
      return PhotoReply(photo: photo.name, answer, top: top, rejects: answering.predictor.rejectsPhotos)
    } catch {
      metrics.countPhoto(error is ImageError ? "unreadable" : "failed")
      return PhotoReply(photo: photo.name, error: error)
    }
  }

  /// Lets photos wait for their answers, if there is room.
  private func takePlaces(_ count: Int) throws {
    guard waiting.take(count) else {
      throw HTTPError(
        .tooManyRequests, headers: [.retryAfter: "1"],
        message: "\(limits.waitingPhotos) photos wait already; try again soon")
    }
  }

  // MARK: Explaining

  private func explain(_ request: Request, _ context: ServerContext) async throws -> Response {
    let name = request.uri.queryParameters[answering.predictor.predictsNumbers ? "number" : "class"].map(String.init)
    return try await reading.withBody(of: request, context) { bytes in
      let photos = try photos(in: bytes, of: request)
      guard photos.count == 1 else { throw HTTPError(.badRequest, message: "send one photo, not \(photos.count)") }
      try takePlaces(1)
      defer { waiting.giveBack(1) }
      do {
        guard let picture = try await answering.explanation(of: photos[0], name: name) else {
          throw HTTPError(.notFound, message: "this model cannot show where it looks: it has no feature maps")
        }
        return Response(
          status: .ok, headers: [.contentType: "image/png"], body: ResponseBody(byteBuffer: ByteBuffer(bytes: picture)))
      } catch let error as ImageError {
        throw HTTPError(.unprocessableContent, message: "\(error)")
      } catch let error as PhotoExplanationError {
        throw HTTPError(.badRequest, message: "\(error)")
      }
    }
  }

  // MARK: Reading

  private func photos(in bytes: [UInt8], of request: Request) throws -> [UploadedPhoto] {
    let type = request.headers[.contentType] ?? ""
    guard type.lowercased().hasPrefix("multipart/") else {
      guard !bytes.isEmpty else { throw HTTPError(.badRequest, message: "the body is empty; send a photo") }
      return [UploadedPhoto(name: "photo", bytes: bytes)]
    }
    guard type.lowercased().hasPrefix("multipart/form-data") else {
      throw HTTPError(.unsupportedMediaType, message: "of multipart bodies, only multipart/form-data is read")
    }
    do throws(Multipart.Failure) {
      let photos = try Multipart.files(
        in: bytes, boundary: Multipart.boundary(of: type), limit: limits.photosPerRequest)
      guard !photos.isEmpty else { throw Multipart.Failure(description: "no part has a file name") }
      return photos
    } catch {
      throw HTTPError(.badRequest, message: error.description)
    }
  }

  private func top(of request: Request) throws -> Int {
    guard let text = request.uri.queryParameters["top"] else { return 5 }
    guard let top = Int(text), (1...100_000).contains(top) else {
      throw HTTPError(.badRequest, message: "top must be a number of classes from 1")
    }
    return top
  }

  private func json(_ reply: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Response(
      status: status, headers: [.contentType: "application/json; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(data: try encoder.encode(reply))))
  }
}
