import ArgumentParser
import Foundation
import HummingbirdCore
import HummingbirdTLS
import Kilim
import NIOSSL
import PhotoServer
import ServiceLifecycle

/// `divar-server`: answers for photos over HTTP.
@main
struct DivarServer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "divar-server", abstract: "Answers for photos over HTTP, with a page to drop photos on.",
    discussion: """
      The server ends at SIGTERM or SIGINT, once the requests that it has begun are answered, or after two minutes. \
      Everything that clients can ask for has a limit: /openapi.json describes the requests and their errors.
      """)

  @Argument(
    help:
      "The model: a .keras, .h5 or .onnx file with class names and preprocessing, or the output folder of a training.")
  var model: String

  @Option(help: "The address to listen on; 0.0.0.0 for all of this machine.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 takes any that is free.")
  var port = 8080

  @Option(help: "The most photos that wait at once; clients that send more get status 429.")
  var waiting = ServerLimits().waitingPhotos

  @Option(help: "The largest body of a request, in MiB.")
  var body = ServerLimits().bodyBytes >> 20

  @Option(help: "The most photos that the model answers together.")
  var batch = ServerLimits().batchSize

  @Option(help: "The number of threads; by default as many as the processors and the limits of the container allow.")
  var threads: Int?

  @Option(help: ArgumentHelp("A file with the token that clients must show.", valueName: "file"))
  var tokenFile: String?

  @Option(help: ArgumentHelp("The certificate chain of the server in a PEM file, for HTTPS.", valueName: "file"))
  var certificate: String?

  @Option(help: ArgumentHelp("The private key of the certificate in a PEM file.", valueName: "file"))
  var key: String?

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535, not \(port)") }
    guard waiting >= 1 else { throw ValidationError("--waiting must be at least 1, not \(waiting)") }
    guard (1...1_024).contains(body) else { throw ValidationError("--body must be from 1 to 1024 MiB, not \(body)") }
    guard (1...1_024).contains(batch) else { throw ValidationError("--batch must be from 1 to 1024, not \(batch)") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1, not \(threads)") }
    guard (certificate == nil) == (key == nil) else { throw ValidationError("--certificate and --key go together") }
  }

  func run() async throws {
    if let threads { Threads.count = threads }
    var limits = ServerLimits()
    limits.waitingPhotos = waiting
    limits.batchSize = batch
    limits.bodyBytes = body << 20
    limits.totalBytes = max(limits.totalBytes, 4 * limits.bodyBytes)
    limits.images.bytes = limits.bodyBytes

    let path = modelPath
    let server: PhotoServer
    do {
      server = try PhotoServer(
        Model(contentsOf: path), name: URL(fileURLWithPath: path).lastPathComponent, limits: limits, token: token())
    } catch let error as ClassifyError {
      throw ValidationError("\(path): \(error)")
    }
    let scheme = certificate == nil ? "http" : "https"
    let application = server.application(host: host, port: port, http: try http(limits)) { [host] port in
      print("Open \(scheme)://\(host):\(port)/")
      fflush(nil)
    }
    var services = ServiceGroupConfiguration(
      services: [application], gracefulShutdownSignals: [.sigterm, .sigint], logger: application.logger)
    services.maximumGracefulShutdownDuration = .seconds(limits.endSeconds)
    try await ServiceGroup(configuration: services).run()
  }

  /// The file of the model: also that in the output folder of a training.
  private var modelPath: String {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: model, isDirectory: &isFolder), isFolder.boolValue else {
      return model
    }
    return URL(fileURLWithPath: model).appendingPathComponent("model.keras").path
  }

  private func token() throws -> String? {
    guard let tokenFile else { return nil }
    let token = try String(contentsOfFile: tokenFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    guard token.utf8.count >= 16 else {
      throw ValidationError("\(tokenFile): the token has \(token.utf8.count) characters, at least 16 are needed")
    }
    return token
  }

  private func http(_ limits: ServerLimits) throws -> HTTPServerBuilder {
    let plain = HTTPServerBuilder.http1(limits)
    guard let certificate, let key else { return plain }
    do {
      var tls = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
      tls.minimumTLSVersion = .tlsv12
      // Finds a key that is not that of the certificate before the model is served.
      _ = try NIOSSLContext(configuration: tls)
      return try .tls(plain, tlsConfiguration: tls)
    } catch {
      throw ValidationError(
        "\(certificate) and \(key) cannot be used: \(error); expected a certificate chain and its private key, both in PEM"
      )
    }
  }
}
