import Foundation

/// Finds the state inside a web page of the site: `window.__PRELOADED_STATE__ = {…};`, with or without spaces.
///
/// - Parameter html: the bytes of a page.
/// - Returns: the state; nil if the page has none, or if it is not JSON.
package func preloadedState(inHTML html: [UInt8]) -> JSONValue? {
  let name = Array("__PRELOADED_STATE__".utf8)
  var search = html[...]
  while let place = search.firstRange(of: name) {
    search = search[place.upperBound...]
    var rest = search.drop(while: isBlank)
    guard rest.first == UInt8(ascii: "=") else { continue }
    rest = rest.dropFirst().drop(while: isBlank)
    guard let object = balancedObject(at: rest) else { continue }
    return try? JSONValue(parsing: object)
  }
  return nil
}

/// The JSON object at the beginning of `bytes`, up to its closing brace. Braces inside strings do not count.
private func balancedObject(at bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
  guard bytes.first == UInt8(ascii: "{") else { return nil }
  var depth = 0
  var isInString = false
  var isEscaped = false
  for (index, byte) in zip(bytes.indices, bytes) {
    if isEscaped {
      isEscaped = false
    } else if isInString {
      isEscaped = byte == UInt8(ascii: "\\")
      isInString = byte != UInt8(ascii: "\"")
    } else if byte == UInt8(ascii: "\"") {
      isInString = true
    } else if byte == UInt8(ascii: "{") {
      depth += 1
    } else if byte == UInt8(ascii: "}") {
      depth -= 1
      if depth == 0 { return bytes[...index] }
    }
  }
  return nil
}

private func isBlank(_ byte: UInt8) -> Bool {
  byte == 0x20 || (0x09...0x0d).contains(byte)
}
