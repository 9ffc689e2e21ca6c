// Winograd's F(4×4, 3×3) for few input channels: the first layer of a network. Rows of tiles are processed one by one:
// their inputs are copied with their padding, transformed and multiplied, and the epilogue is applied, all in the
// caches. The kernels are in CKernels/Kernels/WinogradShallow.h.

import CKernels

/// A 3×3 convolution of stride 1 and few channels, without a gradient with respect to its input; those with respect to
/// weight and bias are the direct algorithm's.
struct ShallowConvolution {
  let direct: DirectConvolution
  private let winograd: WinogradConvolution

  /// With more channels, the transformed filters do not fit into the L1 cache.
  static let mostChannels = 8

  /// `nil` where the shape is not one for this algorithm.
  init?(_ geometry: ConvolutionGeometry) {
    guard geometry.inputChannels <= Self.mostChannels, let direct = DirectConvolution(geometry),
      let winograd = WinogradConvolution(geometry, sizes: [4], leastChannels: 1)
    else { return nil }
    (self.direct, self.winograd) = (direct, winograd)
  }

  var geometry: ConvolutionGeometry { direct.geometry }

  /// The filters for ``compute(_:_:into:)``.
  func transformed(_ weight: Tensor<Float>) -> PanelMatrices { winograd.transformed(weight, for: .output) }

  /// Computes the convolution of images `[N, C, H, W]`.
  func compute(_ input: Tensor<Float>, _ filters: PanelMatrices, into target: ConvolutionTarget) {
    defer { extendLifetime(filters) }
    let (tiles, channels) = (winograd.tiles, geometry.inputChannels)
    let width = tiles.columns.roundedUp(to: 16)
    input.withUnsafeScalars { input in
      parallelFor(chunks: geometry.batch * tiles.rows) { row in
        let place = tiles.place(ofRow: row)
        let columns = ColumnsApart(geometry, pitch: width + 2)
        columns.fill(from: input, image: place.image, firstRow: place.row)
        let data = Storage<Float>(count: tiles.points * channels * width)
        Kernels.best.shallowInput(columns.pointer, columns.pitch, channels, width, data.pointer)
        withUnsafePointer(to: filters.strides) { strides in
          var result = target.patches(image: place.image, row: place.row)
          for panel in 0..<Kernels.panels(for: geometry.outputChannels) {
            Kernels.best.shallowOutput(
              data.pointer, channels, width, filters.panel(panel, of: 0), strides, tiles.columns,
              panel * Kernels.panel, geometry.outputChannels, &result)
          }
        }
      }
    }
  }

  /// The six rows of an image under a row of tiles with their padding, `[C, 6, 4, pitch]`: column 4 t + q is element t
  /// of part q.
  private struct ColumnsApart {
    private let storage: Storage<Float>
    private let geometry: ConvolutionGeometry
    let pitch: Int

    init(_ geometry: ConvolutionGeometry, pitch: Int) {
      self.geometry = geometry
      self.pitch = pitch
      storage = Storage(count: geometry.inputChannels * 6 * 4 * pitch)
    }

    var pointer: UnsafeMutablePointer<Float> { storage.pointer }

    /// Copies the rows of an image under the results from `firstRow` on.
    func fill(from images: UnsafeBufferPointer<Float>, image: Int, firstRow: Int) {
      let (input, placement) = (geometry.placement.input, geometry.placement)
      guard let images = images.baseAddress else { return }
      let columns = Swift.max(0, placement.left)..<Swift.min(4 * pitch, input.width + placement.left)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * pitch) { padded in
        guard let padded = padded.baseAddress else { return }
        padded.initialize(repeating: 0, count: 4 * pitch)
        for channel in 0..<geometry.inputChannels {
          for row in 0..<6 {
            let target = pointer + (channel * 6 + row) * 4 * pitch
            let inputRow = firstRow + row - placement.top
            guard (0..<input.height).contains(inputRow), !columns.isEmpty else {
              target.update(repeating: 0, count: 4 * pitch)
              continue
            }
            let source = images + ((image * geometry.inputChannels + channel) * input.height + inputRow) * input.width
            (padded + columns.lowerBound).update(from: source, count: columns.count)
            Kernels.best.partColumns(padded, pitch, target)
          }
        }
      }
    }
  }
}
