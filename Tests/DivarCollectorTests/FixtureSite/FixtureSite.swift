import DivarCollector
import Foundation
import Synchronization
import TestSupport

/// A site in the shapes of Divar: lists and posts in both generations of the API and as pages with a state, pictures,
/// and whatever else a test puts at an address.
final class FixtureSite: Sendable {
  /// A post and where its photos stand.
  struct Post: Sendable {
    var token: String
    var photos: [String] = []
    var isRemoved = false
  }

  /// What the site is like.
  struct Settings: Sendable {
    /// Posts by the API's name of their category.
    var posts: [String: [Post]] = [:]
    /// Answers by path: pictures, mostly.
    var files: [String: FixtureAnswer] = [:]
    /// Answers that come before the proper one, by path; each is given once.
    var faults: [String: [FixtureAnswer]] = [:]
    /// The end points that are in order.
    var endpoints: Set<ListEndpoint> = [.current]
    /// What the others answer.
    var outOfOrder = FixtureAnswer.html("<html>One moment, please.</html>")
    /// Whether the state of a page is written with spaces around the equals sign.
    var isSpacious = true
    /// Posts on a page.
    var pageSize = 5
    /// Whether every page ends with the same rows again and the list never ends.
    var isEndless = false
    var robots = "User-agent: *\nDisallow: /my-divar/*\nDisallow: /new\nDisallow: /s/*/*?*q=*\n"
  }

  private let settings: Settings
  private let faults: Mutex<[String: [FixtureAnswer]]>
  /// Cursors that were not what the page before had said.
  private let wrongCursors = Mutex(0)

  init(_ settings: Settings) {
    self.settings = settings
    faults = Mutex(settings.faults)
  }

  /// How often a cursor came back changed.
  var wrongCursorCount: Int { wrongCursors.withLock { $0 } }

  /// Starts a server for the site.
  func start() throws -> FixtureServer {
    try FixtureServer { self.answer($0) }
  }

  /// The answer to a request, for tests that start a server themselves.
  func answer(_ request: FixtureRequest) -> FixtureAnswer {
    let fault = faults.withLock { faults -> FixtureAnswer? in
      guard faults[request.path]?.isEmpty == false else { return nil }
      return faults[request.path]?.removeFirst()
    }
    if let fault { return fault }
    if request.path == "/robots.txt" { return FixtureAnswer(body: Array(settings.robots.utf8)) }
    if let file = settings.files[request.path] { return file }
    let parts = request.path.split(separator: "/")
    switch (request.method, parts.first, parts.count) {
    case ("POST", "v8", 4) where parts[1] == "postlist": return list(request, .current)
    case ("POST", "v8", 4) where parts[1] == "web-search": return list(request, .old)
    case ("GET", "v8", 4) where parts[1] == "posts-v2": return post(String(parts[3]), .current)
    case ("GET", "v8", 3) where parts[1] == "posts": return post(String(parts[2]), .old)
    case ("GET", "s", 3...): return list(request, .page)
    case ("GET", "v", 2): return post(String(parts[1]), .page)
    default: return .status(404)
    }
  }
}

// Lists.
extension FixtureSite {
  private func list(_ request: FixtureRequest, _ endpoint: ListEndpoint) -> FixtureAnswer {
    guard settings.endpoints.contains(endpoint) else { return settings.outOfOrder }
    let body = (try? JSONValue(parsing: request.body)) ?? .null
    switch endpoint {
    case .current:
      let conditions = body["search_data"]["form_data"]["data"]
      let posts = settings.posts[conditions["category"]["str"]["value"].string ?? ""] ?? []
      guard let page = pageNumber(after: body["pagination_data"]) else { return .status(400) }
      return .json(currentList(posts, page: page).text)
    case .old:
      let posts = settings.posts[body["json_schema"]["category"]["value"].string ?? ""] ?? []
      let cursor = body["last-post-date"].integer
      return .json(oldList(posts, page: cursor.map { (1_670_095_098_402_530 - $0) / 1000 } ?? 1).text)
    case .page:
      let query = URLComponents(string: request.target)?.queryItems ?? []
      let page = query.first { $0.name == "page" }?.value.flatMap { Int($0) } ?? 1
      let category = request.path.split(separator: "/").dropFirst(2).joined(separator: "/")
      return htmlPage(withState: stateList(settings.posts[category] ?? [], page: page))
    }
  }

  /// A cursor of everything that JSON has.
  private func cursor(page: Int) -> JSONValue {
    [
      "@type": "type.googleapis.com/post_list.PaginationData", "last_post_date": "2026-09-15T14:00:00.065731Z",
      "page": .number(Decimal(page)), "micros": .number(Decimal(1_670_095_098_402_530)),
      "share": .number(Decimal(sign: .plus, exponent: -3, significand: 1_250)), "viewed_tokens": "H4sI+/=\u{200f}\"é\\",
      "nothing": .null, "flags": [true, false, [], [:]],
    ]
  }

  private func pageNumber(after cursor: JSONValue) -> Int? {
    if cursor == .null { return 1 }
    guard let page = cursor["page"].integer, cursor == self.cursor(page: page) else {
      wrongCursors.withLock { $0 += 1 }
      return nil
    }
    return page + 1
  }

  /// The posts of a page; before them the first of all once more, as if it were promoted.
  private func posts(of all: [Post], page: Int) -> (posts: [Post], isLast: Bool) {
    let start = (page - 1) * settings.pageSize
    guard start < all.count else { return (settings.isEndless ? Array(all.prefix(2)) : [], !settings.isEndless) }
    let end = min(start + settings.pageSize, all.count)
    return (Array(all.prefix(page > 1 ? 1 : 0)) + all[start..<end], end == all.count && !settings.isEndless)
  }

  private func currentList(_ all: [Post], page: Int) -> JSONValue {
    let (posts, isLast) = posts(of: all, page: page)
    var answer: [String: JSONValue] = ["list_bottom_widgets": [["widget_type": "SEO_LINKS", "data": [:]]]]
    if posts.isEmpty {
      answer["show_no_search_result_notice"] = true
    } else {
      answer["list_widgets"] = .array(
        [["widget_type": "BANNER", "data": ["text": "…"]]]
          + posts.enumerated().map { row($0.element, number: $0.offset) })
    }
    // False and empty values are absent, as in the JSON of protobuf.
    answer["pagination"] = isLast ? [:] : ["has_next_page": true, "data": cursor(page: page)]
    return .object(answer)
  }

  private func row(_ post: Post, number: Int) -> JSONValue {
    var data: [String: JSONValue] = [
      "@type": "type.googleapis.com/widgets.PostRowData", "title": "گربه پرشین", "red_text": "نردبان شده",
      "action": ["type": "VIEW_POST", "payload": ["token": .string(post.token)]],
    ]
    // In some rows the token stands in the action alone.
    if number % 3 != 2 { data["token"] = .string(post.token) }
    if let photo = post.photos.first {
      data["image_count"] = .number(Decimal(post.photos.count))
      data["image_url"] = .string(photo)
    }
    return ["widget_type": "POST_ROW", "data": .object(data)]
  }

  private func oldList(_ all: [Post], page: Int) -> JSONValue {
    let (posts, isLast) = posts(of: all, page: page)
    let rows = posts.map { post -> JSONValue in
      let images = post.photos.prefix(1).map { ["src": .string($0), "type": "image/webp"] as JSONValue }
      return [
        "widget_type": "POST_ROW",
        "data": ["title": "…", "token": .string(post.token), "image_url": .array(images), "description": "…\n…"],
      ]
    }
    let last = isLast ? -1 : 1_670_095_098_402_530 - (page + 1) * 1000
    return ["web_widgets": ["post_list": .array(rows)], "last_post_date": .number(Decimal(last))]
  }

  private func stateList(_ all: [Post], page: Int) -> JSONValue {
    let widgets = posts(of: all, page: page).posts.enumerated().map { number, post -> JSONValue in
      ["data": ["dto": row(post, number: number)]]
    }
    return ["nb": ["listWidgets": .array(widgets), "pagination": ["data": ["last_post_date": "…"]]]]
  }

  private func htmlPage(withState state: JSONValue) -> FixtureAnswer {
    let equals = settings.isSpacious ? " = " : "="
    return .html(
      "<html><script>var other = {\"}\": 1};</script><script>window.__PRELOADED_STATE__\(equals)\(state.text);</script></html>"
    )
  }
}

// Posts.
extension FixtureSite {
  private func post(_ token: String, _ endpoint: ListEndpoint) -> FixtureAnswer {
    guard settings.endpoints.contains(endpoint) else { return settings.outOfOrder }
    guard let post = settings.posts.values.joined().first(where: { $0.token == token }), !post.isRemoved else {
      return .html("<html>این صفحه حذف شده یا وجود ندارد</html>", status: 404)
    }
    let items = post.photos.map { ["image": ["url": .string($0), "thumbnail_url": "/thumbnail.webp"]] as JSONValue }
    let carousel: JSONValue = ["widget_type": "IMAGE_CAROUSEL", "data": ["items": .array(items)]]
    let description: JSONValue = ["widget_type": "DESCRIPTION_ROW", "data": ["text": "تماس: ۰۹۱۲۳۴۵۶۷۸۹"]]
    switch endpoint {
    case .current:
      let answer: JSONValue = [
        "sections": [
          ["section_name": "UNHEARD_OF", "widgets": [["widget_type": "HOLOGRAM", "data": 7]]],
          ["section_name": "IMAGE", "widgets": [carousel]],
          ["section_name": "DESCRIPTION", "widgets": [description]],
        ],
        "share": ["web_url": .string("https://divar.ir/v/\(token)")],
      ]
      return .json(answer.text)
    case .old:
      return .json((["widgets": ["images": .array(post.photos.map { .string($0) }), "header": [:]]] as JSONValue).text)
    case .page:
      let state: JSONValue = [
        "currentPost": [
          "post": [
            "token": .string(token),
            "sections": [
              "IMAGE": [["widgetType": "IMAGE_CAROUSEL", "dto": carousel]],
              "DESCRIPTION": [["widgetType": "DESCRIPTION_ROW", "dto": description]],
            ],
          ]
        ]
      ]
      return htmlPage(withState: state)
    }
  }
}
