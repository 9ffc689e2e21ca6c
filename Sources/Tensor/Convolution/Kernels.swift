import CKernels

/// The innermost loops, for the instruction set of this processor; see the folder `CKernels/Kernels`.
package enum Kernels {
  /// Chosen once. The environment variable `KILIM_KERNELS` can select `avx512`, `avx2` or `portable`.
  static let best = kilim_best_kernels().pointee

  /// The name of the instruction set: `avx512`, `avx2` or `portable`.
  package static var instructionSet: String { String(cString: best.name) }

  /// The number of channels of one panel: the width of the blocks that matrices are divided into.
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
/// The kernels get only addresses, because threads slow each other down if they count the references of the storage at
/// the same time. So code that uses the addresses extends the lifetime of the matrices until the work is done.
struct PanelMatrices: @unchecked Sendable {
  private let storage: Storage<Float>
  private let base: UnsafeMutablePointer<Float>
  /// The distances between the matrices, and between the panels of one.
  let strides: kilim_planes

  /// Takes memory for `count` matrices; its content is undefined. For matrices of Winograd's algorithm, `tile` is the
  /// number of results of a tile.
  init(count: Int, rows: Int, columns: Int, tile: Size = 0) {
    let size = Kernels.panels(for: columns) * rows * Kernels.panel
    // One additional cache line: if the distance were a power of two, all matrices would use the same few cache sets.
    strides = kilim_planes(
      planeStride: size + 16, panelStride: rows * Kernels.panel, tileRows: tile.height, tileColumns: tile.width)
    storage = Storage(count: count * strides.planeStride)
    base = storage.pointer
  }

  /// The number of results of a tile, for matrices of Winograd's algorithm.
  var tile: Size { Size(height: strides.tileRows, width: strides.tileColumns) }

  /// The address of one panel of one matrix.
  @inline(__always)
  func panel(_ panel: Int, of matrix: Int) -> UnsafeMutablePointer<Float> {
    base + matrix * strides.planeStride + panel * strides.panelStride
  }

  /// The address of one row of the first panel of the first matrix.
  @inline(__always)
  func row(_ row: Int) -> UnsafeMutablePointer<Float> { base + row * Kernels.panel }
}
