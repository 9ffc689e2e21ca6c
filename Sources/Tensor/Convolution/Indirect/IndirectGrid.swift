/// The pixels of a result, where each of them reads an image, and where it is written.
///
/// The result of a convolution is one grid. The gradient of its input is one for each residue of the stride, since pixels
/// of different residues read under different taps of the window.
struct IndirectGrid {
  /// One element of a window, as an offset in the image.
  struct Tap {
    let row, column: Int
  }

  /// The number of images.
  let batch: Int
  /// Height, width and channels of the image that is read.
  let image: Size
  let imageChannels: Int
  /// Rows and columns of the grid.
  let size: Size
  /// How far pixels of the image lie apart that neighbours read.
  let step: Size
  let taps: [Tap]
  /// Height and width of the whole result, and the distance between its pixels in memory.
  let target: Size
  let targetChannels: Int
  /// The place of the grid in the result: the first pixel and the distance between neighbours.
  let targetFirst, targetStep: Size

  /// The number of pixels.
  var count: Int { batch * size.area }

  /// Writes `[taps][pixels]`: the address that each of some pixels reads under each tap, in images whose pixels are `pitch`
  /// elements apart. In the padding it is that of `zeros`.
  func listReads(
    _ pixels: Range<Int>, of images: UnsafePointer<Float>, pitch: Int, zeros: UnsafePointer<Float>,
    to reads: UnsafeMutablePointer<UnsafePointer<Float>>
  ) {
    forEachRun(of: pixels) { image, row, columns, first in
      for (index, tap) in taps.enumerated() {
        let list = reads + index * pixels.count + first
        let readRow = row * step.height + tap.row
        guard (0..<self.image.height).contains(readRow) else {
          list.update(repeating: zeros, count: columns.count)
          continue
        }
        let line = images + (image * self.image.height + readRow) * self.image.width * pitch
        var column = columns.lowerBound * step.width + tap.column
        for place in 0..<columns.count {
          list[place] = column >= 0 && column < self.image.width ? line + column * pitch : zeros
          column += step.width
        }
      }
    }
  }

  /// Writes the address where each of some pixels of the result is.
  func listTargets(
    _ pixels: Range<Int>, of results: UnsafeMutablePointer<Float>,
    to targets: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  ) {
    forEachRun(of: pixels) { image, row, columns, first in
      let targetRow = image * target.height + targetFirst.height + row * targetStep.height
      let targetColumn = targetFirst.width + columns.lowerBound * targetStep.width
      var address = results + (targetRow * target.width + targetColumn) * targetChannels
      for place in 0..<columns.count {
        targets[first + place] = address
        address += targetStep.width * targetChannels
      }
    }
  }

  /// Calls `body` for each row of the grid that some pixels reach into; `first` is the place of the run among them.
  @inline(__always)
  private func forEachRun(
    of pixels: Range<Int>, _ body: (_ image: Int, _ row: Int, _ columns: Range<Int>, _ first: Int) -> Void
  ) {
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let (line, column) = (pixel / size.width, pixel % size.width)
      let count = Swift.min(size.width - column, pixels.upperBound - pixel)
      body(line / size.height, line % size.height, column..<column + count, pixel - pixels.lowerBound)
      pixel += count
    }
  }
}

extension IndirectGrid {
  /// The grid of the results of a convolution.
  init(_ geometry: ConvolutionGeometry) {
    let (placement, window) = (geometry.placement, geometry.placement.window)
    let taps = (0..<window.size.area).map { element in
      Tap(
        row: element / window.size.width * window.dilation.height - placement.top,
        column: element % window.size.width * window.dilation.width - placement.left)
    }
    self.init(
      batch: geometry.batch, image: placement.input, imageChannels: geometry.inputChannels, size: placement.output,
      step: window.stride, taps: taps, target: placement.output, targetChannels: geometry.outputChannels,
      targetFirst: 0, targetStep: 1)
  }
}
