import Foundation

/// The full-size photos that an answer about one post names.
package struct PostPhotos: Sendable, Equatable {
  /// The addresses as they stand in the answer, each once, in its order.
  package var addresses: [String] = []

  /// Reads the answer of `posts-v2/web`; nil if it is none.
  package init?(current answer: JSONValue) {
    guard answer.has("sections") else { return nil }
    take(sections: answer["sections"])
  }

  /// Reads the answer of the post end point before 2024, `posts`; nil if it is none.
  package init?(old answer: JSONValue) {
    let widgets = answer["widgets"]
    guard widgets.has("images") || widgets.has("web_images") || widgets.has("header") else { return nil }
    for address in widgets["images"].array.compactMap(\.string) { take(address) }
  }

  /// Reads the state of a page for people; nil if it is not the one of the post `token`.
  ///
  /// The page of a removed post shows photos of others.
  package init?(state: JSONValue, token: String) {
    let post = state["currentPost"]["post"]
    guard post["token"].string == token, post.has("sections") else { return nil }
    take(sections: post["sections"])
  }

  /// Takes every picture of a carousel, whatever section it stands in. Sections are a list in the API, and an object by
  /// name in a page, where each widget is wrapped.
  private mutating func take(sections: JSONValue) {
    for section in sections.elements {
      let widgets = section.has("widgets") ? section["widgets"].array : section.array
      for widget in widgets.map({ $0.has("dto") ? $0["dto"] : $0 }) {
        for item in widget["data"]["items"].array {
          if let address = item["image"]["url"].string { take(address) }
        }
      }
    }
  }

  private mutating func take(_ address: String) {
    if !address.isEmpty, !addresses.contains(address) { addresses.append(address) }
  }
}
