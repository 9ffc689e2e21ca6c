// Convolution directly from the image, for few input channels: the first layer of a network. Eight results at a time,
// two rows of four, are the product of eight windows and the filters. The epilogue is applied while they are in the
// cache.
//
// The results are computed in bands of eight rows. The inputs of a band are copied with their padding, so that the
// kernels need no checks at the borders. The copy is small, since there are few channels.

import CKernels

/// A convolution of stride 1 whose filters have few elements, without a gradient with respect to its input.
struct DirectConvolution {
  let geometry: ConvolutionGeometry

  /// `nil` where the shape is not one for this algorithm.
  init?(_ geometry: ConvolutionGeometry) {
    let window = geometry.placement.window
    guard window.stride == 1, window.dilation == 1, geometry.groups == 1, geometry.filterSize <= 128,
      geometry.outputChannels >= 8
    else { return nil }
    self.geometry = geometry
  }

  static let bandRows = 8

  /// The filters as one matrix `[C · kh · kw, O]` in panels.
  func packed(_ weight: Tensor<Float>) -> PanelMatrices {
    let (filterSize, outputChannels) = (geometry.filterSize, geometry.outputChannels)
    let result = PanelMatrices(count: 1, rows: filterSize, columns: outputChannels)
    weight.withUnsafeScalars { weight in
      for panel in 0..<Kernels.panels(for: outputChannels) {
        let target = result.panel(panel, of: 0)
        for lane in 0..<Kernels.panel {
          let channel = panel * Kernels.panel + lane
          for element in 0..<filterSize {
            target[element * Kernels.panel + lane] =
              channel < outputChannels ? weight[channel * filterSize + element] : 0
          }
        }
      }
    }
    return result
  }

  /// Computes the convolution of images `[N, C, H, W]`.
  func compute(_ input: Tensor<Float>, _ filters: PanelMatrices, into target: ConvolutionTarget) {
    defer { extendLifetime(filters) }
    let output = geometry.placement.output
    let steps = Band(geometry).steps
    let panels = Kernels.panels(for: geometry.outputChannels)
    input.withUnsafeScalars { input in
      forEachBand { image, firstRow, rows in
        let band = Band(geometry)
        band.fill(from: input, image: image, firstRow: firstRow)
        for row in stride(from: 0, to: rows, by: 2) {
          var result = target.patches(image: image, row: firstRow + row)
          for panel in 0..<panels {
            Kernels.best.directOutput(
              band.pixel(row: row, column: 0), band.width, steps, geometry.filterSize, filters.panel(panel, of: 0),
              output.width, panel * Kernels.panel, geometry.outputChannels, &result)
          }
        }
      }
    }
  }

  func rowsInBand(from firstRow: Int) -> Int {
    Swift.min(geometry.placement.output.height - firstRow, Self.bandRows)
  }

  /// Calls `body` in parallel for every band of results: its image, first row and number of rows.
  private func forEachBand(_ body: (_ image: Int, _ firstRow: Int, _ rows: Int) -> Void) {
    let bands = (geometry.placement.output.height + Self.bandRows - 1) / Self.bandRows
    parallelFor(chunks: geometry.batch * bands) { chunk in
      let firstRow = chunk % bands * Self.bandRows
      body(chunk / bands, firstRow, rowsInBand(from: firstRow))
    }
  }

  /// The inputs of a band of results with their padding, `[C, rows, width]`, followed by a channel of ones.
  struct Band {
    private let storage: Storage<Float>
    private let geometry: ConvolutionGeometry
    private let height: Int
    /// The distance between rows. Four results may begin in the last column.
    let width: Int

    init(_ geometry: ConvolutionGeometry) {
      self.geometry = geometry
      let window = geometry.placement.window.size
      height = DirectConvolution.bandRows + window.height - 1
      width = geometry.placement.output.width.roundedUp(to: 4) + window.width - 1
      let size = height * width
      storage = Storage(count: (geometry.inputChannels + 1) * size)
      (storage.pointer + geometry.inputChannels * size).update(repeating: 1, count: size)
    }

    /// The distance of each element of a filter from the first one, in the padded copy.
    var steps: [Int] {
      let window = geometry.placement.window.size
      return (0..<geometry.filterSize).map { element in
        let (channel, place) = (element / window.area, element % window.area)
        return (channel * height + place / window.width) * width + place % window.width
      }
    }

    /// The distances of the filter's elements and of the bias, padded to a multiple of eight. The bias uses
    /// the channel of ones.
    var elements: [[Int]] {
      let steps = steps
      let ones = geometry.inputChannels * channelStride
      return stride(from: 0, to: steps.count + 1, by: 8).map { first in
        (first..<first + 8).map { $0 < steps.count ? steps[$0] : ones }
      }
    }

    /// The distance between channels.
    var channelStride: Int { height * width }

    /// The first pixel under the filter for a result of the band.
    func pixel(row: Int, column: Int) -> UnsafePointer<Float> {
      UnsafePointer(storage.pointer + row * width + column)
    }

    /// Copies the rows of an image under the results from `firstRow` on.
    func fill(from images: UnsafeBufferPointer<Float>, image: Int, firstRow: Int) {
      let (input, placement) = (geometry.placement.input, geometry.placement)
      guard let images = images.baseAddress else { return }
      let columns = Swift.max(0, placement.left)..<Swift.min(width, input.width + placement.left)
      for channel in 0..<geometry.inputChannels {
        for row in 0..<height {
          let target = storage.pointer + (channel * height + row) * width
          target.update(repeating: 0, count: width)
          let inputRow = firstRow + row - placement.top
          guard (0..<input.height).contains(inputRow), !columns.isEmpty else { continue }
          let source = images + ((image * geometry.inputChannels + channel) * input.height + inputRow) * input.width
          (target + columns.lowerBound).update(from: source, count: columns.count)
        }
      }
    }
  }
}
