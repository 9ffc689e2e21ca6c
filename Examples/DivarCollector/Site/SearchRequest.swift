import Downloads
import Foundation

/// The end points that list posts, the best first.
package enum ListEndpoint: String, Codable, Sendable, CaseIterable {
  /// The search of the API since 2024.
  case current
  /// The search of the API before 2024.
  case old
  /// The web page, whose state holds the same list.
  case page
}

extension ClassTable.Class {
  /// The request for one page of posts.
  ///
  /// - Parameters:
  ///   - endpoint: the end point to ask.
  ///   - site: the servers.
  ///   - city: the name and the number of a city.
  ///   - cursor: the cursor that the page before gave; nil for the first page.
  ///   - page: the number of the page, from 1.
  func listRequest(
    _ endpoint: ListEndpoint, site: ClassTable.Site, city: (name: String, number: String), cursor: JSONValue?, page: Int
  ) -> HTTPRequest {
    switch endpoint {
    case .current:
      apiRequest(
        site.api.appending(path: "v8/postlist/w/search"), body: currentBody(city: city.number, cursor: cursor))
    case .old:
      apiRequest(
        site.api.appending(path: "v8/web-search/\(city.number)/\(category)"),
        body: oldBody(city: city.number, cursor: cursor, page: page))
    case .page:
      HTTPRequest(pageAddress(site.web, city: city.name, page: page), byteLimit: answerLimit)
    }
  }

  private func apiRequest(_ url: URL, body: JSONValue) -> HTTPRequest {
    let headers = ["Content-Type": "application/json", "Accept": "application/json"]
    return HTTPRequest(url, method: .post, headers: headers, body: Array(body.text.utf8), byteLimit: answerLimit)
  }

  private func currentBody(city: String, cursor: JSONValue?) -> JSONValue {
    var conditions = filters ?? [:]
    conditions["category"] = ["str": ["value": .string(category)]]
    var search: [String: JSONValue] = [
      "form_data": ["data": .object(conditions)],
      "server_payload": [
        "@type": "type.googleapis.com/widgets.SearchData.ServerPayload",
        "additional_form_data": ["data": ["sort": ["str": ["value": "sort_date"]]]],
      ],
    ]
    search["query"] = query.map { .string($0) }
    var body: [String: JSONValue] = [
      "city_ids": [.string(city)], "source_view": "CATEGORY", "disable_recommendation": false,
      "search_data": .object(search),
    ]
    body["pagination_data"] = cursor
    return .object(body)
  }

  /// In the old search, a condition is its value without a wrapper.
  private func oldBody(city: String, cursor: JSONValue?, page: Int) -> JSONValue {
    var schema: [String: JSONValue] = ["category": ["value": .string(category)], "cities": [.string(city)]]
    for (name, condition) in filters ?? [:] {
      schema[name] = ["value": condition.elements.first?["value"] ?? .null]
    }
    schema["query"] = query.map { .string($0) }
    var body: [String: JSONValue] = ["json_schema": .object(schema), "page": .number(.init(page))]
    body["last-post-date"] = cursor
    return .object(body)
  }

  private func pageAddress(_ web: URL, city: String, page: Int) -> URL {
    var items: [URLQueryItem] = []
    if let query { items.append(URLQueryItem(name: "q", value: query)) }
    if page > 1 { items.append(URLQueryItem(name: "page", value: String(page))) }
    let address = web.appending(path: "s/\(city)/\(self.page)")
    return items.isEmpty ? address : address.appending(queryItems: items)
  }
}

/// The size limit for answers of the site. The web page of a list has half a megabyte.
let answerLimit = 8 << 20
