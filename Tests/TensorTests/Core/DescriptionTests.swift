import Foundation
import Tensor
import TestSupport
import Testing

/// An array and what NumPy prints for it.
private struct Printed {
  let type: Substring
  let shape: Shape
  let elements: [Double]
  let text: String

  init(_ entry: String) throws {
    let lines = entry.split(separator: "\n", omittingEmptySubsequences: false)
    let head = try #require(lines.first).split(separator: " ", omittingEmptySubsequences: false)
    type = head[0]
    shape = Shape(head[1].split(separator: ",").compactMap { Int($0) })
    let words = lines[1].split(separator: " ")
    if words.first == "count" {
      let (start, step) = try (#require(Double(words[1])), #require(Double(words[2])))
      elements = (0..<shape.elementCount).map { start + step * Double($0) }
    } else {
      elements = words.compactMap { $0 == "true" ? 1 : $0 == "false" ? 0 : Double($0) }
    }
    text = lines[2...].map { $0.dropFirst() }.joined(separator: "\n")
  }

  /// What we print for the array.
  var description: String {
    switch type {
    case "Float": Tensor<Float>(shape: shape, scalars: elements.map { Float($0) }).description
    case "Double": Tensor<Double>(shape: shape, scalars: elements).description
    case "Int32": Tensor<Int32>(shape: shape, scalars: elements.map { Int32($0) }).description
    case "UInt8": Tensor<UInt8>(shape: shape, scalars: elements.map { UInt8($0) }).description
    case "Bool": Tensor<Bool>(shape: shape, scalars: elements.map { $0 != 0 }).description
    default: "unknown type \(type)"
    }
  }
}

struct DescriptionTests {
  @Test func printsAsNumPyDoes() throws {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures/descriptions.txt")
    let entries = try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n\n")
    #expect(entries.count > 100)
    for entry in entries {
      let printed = try Printed(entry.trimmingCharacters(in: .newlines))
      #expect(printed.description == printed.text)
    }
  }

  @Test func printsEveryLayoutAlike() {
    let x: Tensor<Float> = sample([3, 4, 5])
    for (name, y) in everyLayout(of: x) { #expect(y.description == x.description, "\(name)") }
    let large = Tensor<Int32>(countingTo: 60_000).reshaped(to: [200, 300])
    for (name, y) in everyLayout(of: large) { #expect(y.description == large.description, "\(name)") }
  }
}
