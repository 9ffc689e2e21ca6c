/// The images that an indirect convolution reads, and how its pixels are divided into blocks.
///
/// Images of many channels are read where they are. Of few channels, a run under one tap would be short. Then the rows
/// under a block are copied with their padding, and a run is a whole row of the window.
struct IndirectSource: @unchecked Sendable {
  private let grid: IndirectGrid
  private let images: Tensor<Float>
  /// The distance between pixels that are read where they are.
  private let pitch: Int
  private let zeros: Storage<Float>
  private let start, zerosStart: UnsafePointer<Float>
  /// The copy of the rows under a block; `nil` if images are read where they are.
  private let band: PaddedBand?
  /// What is done to the pixels of a block before they are read, each by the pixel of the result at the same place.
  private var prologue: PrologueOfPixels?

  /// Reads images `[N, C, H, W]` on a grid, where they are or by a copy of their rows.
  init(_ images: Tensor<Float>, grid: IndirectGrid, band: PaddedBand? = nil) {
    (self.grid, self.band) = (grid, band)
    let pitched = band == nil ? images.channelsInnermost() : (images, pitch: images.shape[1])
    (self.images, pitch) = pitched
    start = UnsafePointer(self.images.elements)
    zeros = Storage(count: grid.imageChannels)
    zeros.pointer.update(repeating: 0, count: grid.imageChannels)
    zerosStart = UnsafePointer(zeros.pointer)
  }

  /// Reads the images of a convolution.
  init(_ images: Tensor<Float>, for geometry: ConvolutionGeometry) {
    self.init(images, grid: IndirectGrid(geometry), band: PaddedBand(geometry))
  }

  /// The same images, read through a prologue.
  func with(_ prologue: PrologueOfPixels) -> IndirectSource {
    var result = self
    result.prologue = prologue
    return result
  }

  /// The number of runs that a pixel reads, and their length.
  var taps: Int { band?.window.height ?? grid.taps.count }
  func depth(channels: Int) -> Int { band.map { $0.window.width * channels } ?? channels }

  /// Divides the pixels into blocks of about a number of pixels, a multiple of `step` each but for the last. With a band,
  /// blocks are whole rows of one image.
  func blocks(pixels: Int, step: Int) -> IndirectBlocks {
    guard band != nil else { return IndirectBlocks(count: grid.count, atMost: pixels, step: step, lines: 1) }
    let rows = Swift.max(pixels / grid.size.width, 1) * grid.size.width
    return IndirectBlocks(count: grid.size.area, atMost: rows, step: grid.size.width, lines: grid.batch)
  }

  /// Calls `body` with the addresses that the pixels of a block read, `[taps][pixels]`.
  func withReads(
    of pixels: Range<Int>, _ body: (_ reads: UnsafePointer<UnsafePointer<Float>>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: Swift.max(taps * pixels.count, 1)) { list in
      guard let list = list.baseAddress else { return }
      if let band {
        band.withReads(of: pixels, images: images, start: start, to: list) { body(list) }
      } else if let prologue {
        let channels = grid.imageChannels
        let copy = Storage<Float>(count: pixels.count * channels)
        prologue.apply(to: pixels, from: start + pixels.lowerBound * pitch, pitch: pitch, copy.pointer)
        for place in 0..<pixels.count { list[place] = UnsafePointer(copy.pointer + place * channels) }
        body(list)
        extendLifetime(copy)
      } else {
        grid.listReads(pixels, of: start, pitch: pitch, zeros: zerosStart, to: list)
        body(list)
      }
    }
  }
}

/// The blocks that pixels are divided into.
struct IndirectBlocks {
  /// The pixels of a line, those of a block, and the number of lines.
  private let count, length, lines: Int

  /// Divides each of some lines into blocks of about equal length, a multiple of `step` but for the last.
  init(count: Int, atMost limit: Int, step: Int, lines: Int) {
    (self.count, self.lines) = (count, lines)
    let blocks = (count + limit - 1) / limit
    length = ((count + blocks - 1) / blocks).roundedUp(to: step)
  }

  private var blocksInLine: Int { (count + length - 1) / length }

  /// The number of blocks.
  var indices: Range<Int> { 0..<lines * blocksInLine }

  /// The pixels of a block.
  subscript(index: Int) -> Range<Int> {
    let (line, first) = (index / blocksInLine * count, index % blocksInLine * length)
    return line + first..<line + Swift.min(first + length, count)
  }
}
