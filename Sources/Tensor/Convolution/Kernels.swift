import CKernels

/// The innermost loops in the instruction set of this processor; see the folder `CKernels/Kernels`.
package enum Kernels {
  /// Chosen once. The environment variable `KILIM_KERNELS` may ask for `avx512`, `avx2` or `portable`.
  static let best = kilim_best_kernels().pointee

  /// The name of the instruction set: `avx512`, `avx2` or `portable`.
  package static var instructionSet: String { String(cString: best.name) }

  /// Channels of one panel: the width of the blocks that matrices are cut into.
  static let panel = Int(KILIM_PANEL)

  /// The number of panels that hold a number of channels.
  static func panels(for channels: Int) -> Int { (channels + panel - 1) / panel }

  /// The channels in one panel of `count` channels.
  static func channels(ofPanel index: Int, of count: Int) -> Range<Int> {
    index * panel..<Swift.min((index + 1) * panel, count)
  }
}

/// Matrices of the same size in panels of 32 columns, `[panels][rows][32]` each: what the kernels multiply.
///
/// The kernels are given addresses alone: threads that count the references of the storage at once slow each other
/// down. So code that works with the addresses extends the lifetime of the matrices until the work is done.
struct PanelMatrices: @unchecked Sendable {
  private let storage: Storage<Float>
  private let base: UnsafeMutablePointer<Float>
  /// The distances between the matrices, and between the panels of one.
  let strides: kilim_planes

  /// Takes memory for `count` matrices; its content is undefined. Where they are Winograd's, `tile` is how many results a
  /// tile has.
  init(count: Int, rows: Int, columns: Int, tile: Size = 0) {
    let size = Kernels.panels(for: columns) * rows * Kernels.panel
    // One cache line more: at a distance of a power of two, all matrices would compete for a few places in the cache.
    strides = kilim_planes(
      planeStride: size + 16, panelStride: rows * Kernels.panel, tileRows: tile.height, tileColumns: tile.width)
    storage = Storage(count: count * strides.planeStride)
    base = storage.pointer
  }

  /// How many results a tile has, where the matrices are Winograd's.
  var tile: Size { Size(height: strides.tileRows, width: strides.tileColumns) }

  /// Where one panel of one matrix begins.
  @inline(__always)
  func panel(_ panel: Int, of matrix: Int) -> UnsafeMutablePointer<Float> {
    base + matrix * strides.planeStride + panel * strides.panelStride
  }

  /// Where one row of the first panel of the first matrix begins.
  @inline(__always)
  func row(_ row: Int) -> UnsafeMutablePointer<Float> { base + row * Kernels.panel }
}
