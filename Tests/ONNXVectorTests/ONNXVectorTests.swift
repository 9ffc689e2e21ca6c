import Foundation
import Testing

struct ONNXVectorTests {
  private static let page = ONNXVector.packageRoot.appending(path: "Docs/onnx-conformance.md")

  /// Skipped where the Python package `onnx` (up to 1.22.0, which still carries the vectors) is not installed.
  /// With `KILIM_WRITE_CONFORMANCE` set, writes the page of the results; otherwise compares it.
  @Test(.enabled(if: !ONNXVector.all.isEmpty, "the vectors of the Python package onnx are not installed"))
  func agreesWithONNXsVectors() throws {
    let (functions, models) = (try ONNXConformance(ONNXVector.all), try ONNXReadingConformance(ONNXVector.all))
    #expect(functions.failures == [])
    #expect(models.failures == [])
    let page = """
      # ONNX conformance

      The ONNX project publishes test vectors for every operator: a small model, its inputs, and its outputs. Two parts of
      Kilim run the vectors of the Python package `onnx` 1.22.0: the reader of ONNX files, and the functions of `Tensor`.

      \(models.markdown)

      \(functions.markdown)

      The test `ONNXVectorTests` writes this page, and fails when it is out of date.

      """
    if ProcessInfo.processInfo.environment["KILIM_WRITE_CONFORMANCE"] != nil {
      try Data(page.utf8).write(to: Self.page)
    }
    #expect(try String(contentsOf: Self.page, encoding: .utf8) == page)
  }
}
