import Foundation

/// The full-size photos in an answer about one post.
package struct PostPhotos: Sendable, Equatable {
  /// The addresses as written in the answer, in its order, without repetitions.
  package var addresses: [String] = []

  /// Reads the answer of `posts-v2/web`; nil if it has another form.
  package init?(current answer: JSONValue) {
    guard answer.has("sections") else { return nil }
    take(sections: answer["sections"])
  }

  /// Reads the answer of the former end point (before 2024), `posts`; nil if it has another form.
  package init?(old answer: JSONValue) {
    let widgets = answer["widgets"]
    guard widgets.has("images") || widgets.has("web_images") || widgets.has("header") else { return nil }
    for address in widgets["images"].array.compactMap(\.string) { take(address) }
  }

  /// Reads the state of a web page; nil if it is not that of the post `token`.
  ///
  /// The token is compared because the page of a removed post shows photos of other posts.
  package init?(state: JSONValue, token: String) {
    let post = state["currentPost"]["post"]
    guard post["token"].string == token, post.has("sections") else { return nil }
    take(sections: post["sections"])
  }

  /// Collects every picture of a carousel, in whatever section it is. In the API, the sections are a list. In a web
  /// page they are an object by name, and each widget has a wrapper.
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
