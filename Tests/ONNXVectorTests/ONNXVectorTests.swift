import Foundation
import Testing

struct ONNXVectorTests {
  private static let page = ONNXVector.packageRoot.appending(path: "Docs/onnx-conformance.md")

  /// Skipped where the Python package `onnx` (up to 1.22.0, which still carries the vectors) is not installed.
  /// With `KILIM_WRITE_CONFORMANCE` set, writes the page of the results; otherwise compares it.
  @Test(.enabled(if: !ONNXVector.all.isEmpty, "the vectors of the Python package onnx are not installed"))
  func agreesWithONNXsVectors() throws {
    let conformance = try ONNXConformance(ONNXVector.all)
    #expect(conformance.failures == [])
    if ProcessInfo.processInfo.environment["KILIM_WRITE_CONFORMANCE"] != nil {
      try Data(conformance.markdown.utf8).write(to: Self.page)
    }
    #expect(try String(contentsOf: Self.page, encoding: .utf8) == conformance.markdown)
  }
}
