import Downloads
import Foundation
import Synchronization

/// Requests lists of posts and their photos from the Divar site: from the current API, then from the former API, then
/// from the web pages.
package final class DivarClient: Sendable {
  private enum PostEndpoint: CaseIterable {
    case current, old, page
  }

  private let fetcher: Fetcher
  private let site: ClassTable.Site
  private let city: (name: String, number: String)
  /// The end points for posts. The one that answered last comes first, so that a broken one is not asked for every
  /// post.
  private let postEndpoints = Mutex((order: PostEndpoint.allCases, isProven: false))

  /// Makes a client.
  ///
  /// - Throws: ``CollectorError/unknown(what:found:known:)`` if the table does not know the city.
  package init(fetcher: Fetcher, table: ClassTable, city: String) throws(CollectorError) {
    self.fetcher = fetcher
    site = table.site
    self.city = (city, try table.number(ofCity: city))
  }

  /// Fetches the first page of a class from the first end point that works.
  ///
  /// - Throws: ``CollectorError/noList(className:reasons:)`` with the answer of each end point;
  ///   ``FetchFailure/unreachable(_:)`` if no host was reached at all; `CancellationError`.
  package func firstPage(of target: ClassTable.Class) async throws -> (page: ListPage, endpoint: ListEndpoint) {
    var failures: [(endpoint: ListEndpoint, reason: FetchFailure)] = []
    for endpoint in ListEndpoint.allCases {
      do {
        if let page = try await page(of: target, from: endpoint, after: nil, number: 1) { return (page, endpoint) }
        failures.append((endpoint, .notUnderstood))
      } catch let failure as FetchFailure {
        failures.append((endpoint, failure))
      }
    }
    if let first = failures.first, failures.allSatisfy({ $0.reason.isUnreachable }) { throw first.reason }
    throw CollectorError.noList(
      className: target.name,
      reasons: failures.map { "\($0.endpoint.rawValue): \($0.reason)" })
  }

  /// Fetches one page of a list.
  ///
  /// - Parameters:
  ///   - target: the class.
  ///   - endpoint: the end point to ask.
  ///   - cursor: the cursor that the page before gave.
  ///   - number: the number of the page, from 1.
  /// - Returns: nil if the answer is not a list.
  /// - Throws: ``FetchFailure``, `CancellationError`.
  package func page(
    of target: ClassTable.Class, from endpoint: ListEndpoint, after cursor: JSONValue?, number: Int
  ) async throws -> ListPage? {
    let request = target.listRequest(endpoint, site: site, city: city, cursor: cursor, page: number)
    let bytes = try await fetcher.bytes(request)
    switch endpoint {
    case .current: return (try? JSONValue(parsing: bytes)).flatMap { ListPage(current: $0) }
    case .old: return (try? JSONValue(parsing: bytes)).flatMap { ListPage(old: $0) }
    case .page: return preloadedState(inHTML: bytes).flatMap { ListPage(state: $0, page: number) }
    }
  }

  /// Fetches the addresses of a post's photos.
  ///
  /// - Returns: full addresses on the hosts in the table, without icons.
  /// - Throws: ``FetchFailure`` if no end point answers: one after which the post is asked for again, if there is one;
  ///   `CancellationError`.
  package func photos(of token: String) async throws -> [URL] {
    let (endpoints, isProven) = postEndpoints.withLock { $0 }
    var failures: [FetchFailure] = []
    for endpoint in endpoints {
      do {
        guard let photos = try await photos(of: token, from: endpoint) else {
          failures.append(.notUnderstood)
          continue
        }
        postEndpoints.withLock { $0 = ([endpoint] + PostEndpoint.allCases.filter { $0 != endpoint }, true) }
        return photos.addresses.compactMap(photoAddress)
      } catch let failure as FetchFailure {
        // Only the end point that answered last knows which posts are gone. Another one is perhaps gone itself.
        if case .gone = failure, isProven, failures.isEmpty { throw failure }
        failures.append(failure)
      }
    }
    throw failures.first(where: \.isTransient) ?? failures.first ?? .notUnderstood
  }

  private func photos(of token: String, from endpoint: PostEndpoint) async throws -> PostPhotos? {
    let address =
      switch endpoint {
      case .current: site.api.appending(path: "v8/posts-v2/web/\(token)")
      case .old: site.api.appending(path: "v8/posts/\(token)")
      case .page: site.web.appending(path: "v/\(token)")
      }
    let bytes = try await fetcher.bytes(HTTPRequest(address, byteLimit: answerLimit))
    switch endpoint {
    case .current: return (try? JSONValue(parsing: bytes)).flatMap { PostPhotos(current: $0) }
    case .old: return (try? JSONValue(parsing: bytes)).flatMap { PostPhotos(old: $0) }
    case .page: return preloadedState(inHTML: bytes).flatMap { PostPhotos(state: $0, token: token) }
    }
  }

  /// The full address of a photo; nil for an icon and for a host that does not belong to the site.
  private func photoAddress(_ text: String) -> URL? {
    guard let url = URL(string: text, relativeTo: site.web)?.absoluteURL, url.isWebAddress,
      let host = url.host()?.lowercased(),
      site.imageHosts.contains(where: { host == $0 || host.hasSuffix(".\($0)") }),
      !site.iconPaths.contains(where: { url.path().contains($0) })
    else { return nil }
    return url
  }
}

extension FetchFailure {
  fileprivate var isUnreachable: Bool {
    if case .unreachable = self { true } else { false }
  }
}
