import Foundation
import Kilim

/// Photos from files to inputs of 64 x 64 pixels, in the three ways that `peers_images.py` measures of others.
final class DecodingBenchmarks: Benchmark {
  func testAntialiased() throws { try measureInputs(Preprocessing(imageSize: 64)) }

  func testAntialiasedExactly() throws { try measureInputs(Preprocessing(imageSize: 64, exact: true)) }

  func testBilinear() throws { try measureInputs(Preprocessing(imageSize: 64, resize: .bilinear)) }

  private func measureInputs(_ preprocessing: Preprocessing) throws {
    try PhotoFiles.withFolder { folder in
      let paths = try ImageFolder(folder, preprocessing: preprocessing, unreadable: .skipping, storage: .streamed)
        .images.paths
      benchmark(Double(paths.count), "images") {
        parallelFor(chunks: paths.count) { _ = try? preprocessing(contentsOfFile: paths[$0]) }
      }
    }
  }
}
