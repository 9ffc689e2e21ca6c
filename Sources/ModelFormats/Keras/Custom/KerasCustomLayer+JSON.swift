import Foundation
import NN
import Serialization

extension KerasCustomLayer {
  /// The name under which the class is registered.
  static var kerasRegisteredName: String { "\(kerasPackage)>\(kerasClassName)" }

  /// The options that every layer of Keras has.
  private static var commonOptions: Set<String> { ["name", "trainable", "dtype"] }

  /// The options as an object.
  func kerasCustomOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    let members: [String: JSON]?
    do {
      members = try JSON(parsing: Array(JSONEncoder().encode(kerasOptions))).members
    } catch {
      throw .unsupported(found: "options that are no JSON: \(error)", expected: "numbers, texts, lists and objects")
    }
    guard let members else { throw .unsupported(found: "options that are no object", expected: "a struct") }
    if let common = members.keys.filter(Self.commonOptions.contains).min() {
      throw .unsupported(found: "an option \"\(common)\", which every layer of Keras has", expected: "another name")
    }
    return members
  }

  /// Makes a layer from the options of a file.
  ///
  /// - Throws: the problem, also for an option that the layer does not know.
  static func make(keras options: [String: JSON]) throws(ModelFileError.Problem) -> Self {
    let own = options.filter { !commonOptions.contains($0.key) }
    let layer: Self
    do {
      let text = try JSON(members: own).encoded()
      layer = try Self(kerasOptions: JSONDecoder().decode(KerasOptions.self, from: Data(text.utf8)))
    } catch {
      throw .unsupported(found: "options from which no \(Self.self) can be made: \(error)", expected: "those it has")
    }
    let known = try layer.kerasCustomOptions()
    if let unknown = own.filter({ known[$0.key] == nil && $0.value != .null }).keys.min() {
      throw .unsupported(found: "\(unknown) = \(own[unknown] ?? .null)", expected: "an option that \(Self.self) has")
    }
    return layer
  }
}
