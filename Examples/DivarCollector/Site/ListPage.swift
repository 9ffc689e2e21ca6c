/// One page of a list of posts: the posts, and what to request next.
package struct ListPage: Sendable, Equatable {
  /// One post in the list.
  package struct Row: Sendable, Equatable {
    /// The identifier of the post in addresses.
    package var token: String
    /// Whether the post has a photo.
    package var hasPhoto: Bool
  }

  /// The posts in the order of the page.
  package var rows: [Row] = []
  /// The cursor, which the next request sends back unchanged; nil on the last page.
  package var next: JSONValue?

  /// Reads the answer of `postlist/w/search`; nil if it has another form.
  ///
  /// The site leaves out keys whose value is false or empty: an empty list has no `list_widgets`, and the last page has
  /// no `has_next_page`.
  package init?(current answer: JSONValue) {
    let keys = [
      "list_widgets", "list_top_widgets", "list_bottom_widgets", "pagination", "show_no_search_result_notice",
    ]
    guard keys.contains(where: answer.has) else { return nil }
    take(answer["list_widgets"].array)
    let pagination = answer["pagination"]
    if pagination["has_next_page"].boolean == true, pagination.has("data") { next = pagination["data"] }
  }

  /// Reads the answer of the former searches (before 2024), `web-search` and `search`; nil if it has another form.
  package init?(old answer: JSONValue) {
    let posts = answer["web_widgets"]["post_list"].array + answer["widget_list"].array
    guard answer.has("web_widgets") || answer.has("widget_list") || answer.has("last_post_date") else { return nil }
    take(posts)
    let cursor = answer["last_post_date"]
    if !posts.isEmpty, cursor != .null, cursor.integer != -1 { next = cursor }
  }

  /// Reads the state of a web page; nil if it is not the state of a list.
  package init?(state: JSONValue, page: Int) {
    let list = state["nb"]
    guard list.has("listWidgets") || list.has("pagination") else { return nil }
    take(list["listWidgets"].array.map { $0["data"].has("dto") ? $0["data"]["dto"] : $0 })
    if !rows.isEmpty { next = .number(.init(page + 1)) }
  }

  /// Collects the posts among the widgets. Stops at the widget that announces other posts: those of other cities, or
  /// those that match only in part.
  private mutating func take(_ widgets: [JSONValue]) {
    for widget in widgets {
      let kind = widget["widget_type"].string
      if kind == "SUGGESTION_ROW" || kind == "SELECTOR_ROW" { return }
      let row = widget["data"]
      guard kind == nil || kind == "POST_ROW", let token = Self.token(of: row) else { continue }
      rows.append(Row(token: token, hasPhoto: Self.hasPhoto(row)))
    }
  }

  private static func token(of row: JSONValue) -> String? {
    let token = row["token"].string ?? row["action"]["payload"]["token"].string
    return token.flatMap { isToken($0) ? $0 : nil }
  }

  /// Whether a row shows a photo. Over time the address was a text or a list of addresses by format, under several
  /// keys.
  private static func hasPhoto(_ row: JSONValue) -> Bool {
    if let count = row["image_count"].integer { return count > 0 }
    return ["image_url", "image", "web_image"].contains { key in
      row[key].string?.isEmpty == false || row[key].array.contains { $0["src"].string?.isEmpty == false }
    }
  }
}

/// Whether a text can be the token of a post. It becomes part of an address, so other characters are refused.
package func isToken(_ text: String) -> Bool {
  (6...16).contains(text.utf8.count)
    && text.utf8.allSatisfy { byte in
      let character = Character(UnicodeScalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber || "_-".contains(character))
    }
}
