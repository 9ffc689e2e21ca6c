import DivarCollector
import Testing

@Suite struct ListPageTests {
  private func row(_ data: JSONValue) -> JSONValue { ["widget_type": "POST_ROW", "data": data] }

  @Test func currentAnswer() throws {
    let answer: JSONValue = [
      "list_widgets": [
        ["widget_type": "BANNER", "data": ["token": "banner-1"]],
        row(["token": "gaXy12_-", "image_count": 3, "image_url": "https://a/b.webp"]),
        row(["action": ["payload": ["token": "inAction"]], "image_url": "https://a/c.webp"]),
        row(["token": "noPhoto1"]), row(["token": "noPhoto2", "image_count": 0, "image_url": "x"]),
        row(["token": "../../etc"]), row(["title": "no token"]), ["widget_type": "POST_ROW"], "text",
        ["widget_type": "SUGGESTION_ROW", "data": ["title": "…"]],
        row(["token": "elsewhere", "image_count": 1]),
      ],
      "pagination": ["has_next_page": true, "data": ["page": 1, "more": [1, 2]]],
    ]
    let page = try #require(ListPage(current: answer))
    #expect(page.rows.map(\.token) == ["gaXy12_-", "inAction", "noPhoto1", "noPhoto2"])
    #expect(page.rows.map(\.hasPhoto) == [true, true, false, false])
    #expect(page.next == ["page": 1, "more": [1, 2]])
  }

  @Test func lastPageAndEmptyListLackKeys() throws {
    let last: JSONValue = ["list_widgets": [], "pagination": ["is_first_page": false, "data": ["page": 9]]]
    #expect(try #require(ListPage(current: last)).next == nil)
    let empty = try #require(ListPage(current: ["show_no_search_result_notice": true]))
    #expect(empty.rows.isEmpty && empty.next == nil)
  }

  @Test(arguments: [JSONValue.null, "text", [], ["message": "error"], ["web_widgets": ["post_list": []]]])
  func otherAnswersAreNoCurrentList(_ answer: JSONValue) {
    #expect(ListPage(current: answer) == nil)
  }

  @Test func oldAnswers() throws {
    let newer: JSONValue = [
      "web_widgets": ["post_list": [row(["token": "AZ4LldV9", "image_url": [["src": "https://a/b.jpg"]]])]],
      "last_post_date": 1_670_094_000_000_000,
    ]
    let page = try #require(ListPage(old: newer))
    #expect(page.rows.map(\.token) == ["AZ4LldV9"] && page.rows[0].hasPhoto && page.next == 1_670_094_000_000_000)
    let older: JSONValue = [
      "widget_list": [
        ["data": ["token": "AZ4LldV9", "image": "https://a/b.jpg"]], ["data": ["token": "AZ4LldVX", "image": ""]],
      ],
      "last_post_date": -1,
    ]
    let end = try #require(ListPage(old: older))
    #expect(end.rows.map(\.hasPhoto) == [true, false] && end.next == nil)
    #expect(ListPage(old: ["list_widgets": []]) == nil)
  }

  @Test func stateOfAPage() throws {
    let state: JSONValue = [
      "nb": ["listWidgets": [["data": ["dto": row(["token": "gaXy12_-", "image_count": 1])]]], "pagination": [:]]
    ]
    let page = try #require(ListPage(state: state, page: 4))
    #expect(page.rows.count == 1 && page.next == 5)
    #expect(try #require(ListPage(state: ["nb": ["listWidgets": []]], page: 1)).next == nil)
    #expect(ListPage(state: ["currentPost": [:]], page: 1) == nil)
  }

  @Test func tokens() {
    for token in ["gaXy12_-", "abcdef", "0123456789abcdef"] { #expect(isToken(token)) }
    for token in ["", "short", "0123456789abcdefg", "a/b/c/d/e", "a b c d e", "گربه‌ها", "..%2f..%2f"] {
      #expect(!isToken(token), "\(token)")
    }
  }
}
