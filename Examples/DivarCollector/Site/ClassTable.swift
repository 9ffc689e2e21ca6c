import Downloads
import Foundation
import Serialization

/// The servers of the site, and what to request for each class: the content of `classes.json`, or of a user's own file.
package struct ClassTable: Codable, Sendable, Equatable {
  /// The servers of a site.
  package struct Site: Codable, Sendable, Equatable {
    /// The server of the API, which answers in JSON.
    package var api: URL
    /// The server of the web pages.
    package var web: URL
    /// The hosts of the pictures. A name includes its subdomains.
    package var imageHosts: [String]
    /// Address parts of pictures that are not photos.
    package var iconPaths: [String]
  }

  /// What to request for one class.
  package struct Class: Codable, Sendable, Equatable {
    /// The name of the class and its folder.
    package var name: String
    /// The API's name of the category.
    package var category: String
    /// More conditions, each in the form that the API expects.
    package var filters: [String: JSONValue]?
    /// Text to search for, if no category is narrow enough.
    package var query: String?
    /// The path of the category's web page, after the city.
    package var page: String
  }

  /// The servers.
  package var site: Site
  /// The numbers of the cities by name.
  package var cities: [String: String]
  /// The classes, in the order in which they are collected.
  package var classes: [Class]

  /// The text of the table that comes with the collector.
  package static var standardText: String {
    String(decoding: PackageResources.classes_json, as: UTF8.self)
  }

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - text: JSON.
  ///   - path: the path of the file, for error messages.
  /// - Throws: ``CollectorError/table(path:reason:)``.
  package init(parsing text: String, path: String) throws(CollectorError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: Foundation.Data(text.utf8))
    } catch {
      throw .table(path: path, reason: (error as? DecodingError)?.briefly ?? "\(error)")
    }
    guard site.api.isWebAddress, site.web.isWebAddress else {
      throw .table(path: path, reason: "found an api or a web that is no address, expected https://…")
    }
    var names: Set<ExactText> = []
    for name in classes.map(\.name) {
      guard isFolderName(name), names.insert(ExactText(name)).inserted else {
        throw .table(path: path, reason: "found the class \"\(name)\", expected different names that a folder can have")
      }
    }
  }

  /// The classes with the given names, in the order of the table; all classes if no names are given.
  ///
  /// - Throws: ``CollectorError/unknown(what:found:known:)``.
  package func classes(named names: [String]?) throws(CollectorError) -> [Class] {
    guard let names = names?.map(ExactText.init) else { return classes }
    let known = Set(classes.map { ExactText($0.name) })
    for name in names where !known.contains(name) {
      throw .unknown(what: "class", found: name.text, known: classes.map(\.name))
    }
    return classes.filter { names.contains(ExactText($0.name)) }
  }

  /// The number of a city.
  ///
  /// - Throws: ``CollectorError/unknown(what:found:known:)``.
  package func number(ofCity name: String) throws(CollectorError) -> String {
    guard let number = cities[name] else {
      throw .unknown(what: "city", found: name, known: cities.keys.sorted())
    }
    return number
  }
}

/// Whether a folder of photos can have the name: it is not a path, not hidden, not the manifest, and has no control
/// characters.
func isFolderName(_ name: String) -> Bool {
  !name.isEmpty && name.utf8.count <= 100 && name.utf8.first != UInt8(ascii: ".")
    && !name.utf8.contains(UInt8(ascii: "/"))
    && name != Manifest.fileName
    && name.unicodeScalars.allSatisfy { !$0.properties.generalCategory.isControl } && name == name.trimmed
}

extension Unicode.GeneralCategory {
  fileprivate var isControl: Bool { self == .control || self == .lineSeparator || self == .paragraphSeparator }
}
