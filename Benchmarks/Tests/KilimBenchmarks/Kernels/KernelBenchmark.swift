import CKernels
import Kilim

/// The innermost loops in the instruction set of this processor; `CKernels.h` and the folder `CKernels/Kernels` say what
/// each of them computes.
let kernels = kilim_best_kernels().pointee

/// A benchmark of one kernel by itself, at the sizes that the original network calls it with for 32 photos.
///
/// It runs on all threads at once, as does the peak that it is compared with. Each thread has memory of its own, as large as
/// its share of what the operation works on, so that the kernel finds in the caches what it finds there in a training step.
/// What all threads read they share, as they do there.
class KernelBenchmark: Benchmark {
  /// The width of a panel.
  static let panel = Int(KILIM_PANEL)
  /// The products of a tile of 4 × 8 results for each pair of channels.
  static let points = 60

  private var memory: [UnsafeMutableRawPointer] = []

  override func tearDown() {
    for block in memory { block.deallocate() }
    memory = []
  }

  /// What a kernel does: products, or, where it has none, reading and writing. Each number counts once, however often
  /// overlapping tiles read it.
  enum Work {
    case multiplyAdds(Int)
    case bytes(Int)
  }

  /// Measures a kernel. `prepare` is called for each thread, and what it returns does `work` once.
  func measure(_ work: Work, _ prepare: () -> () -> Void) {
    let calls = (0..<Threads.count).map { _ in prepare() }
    // Some milliseconds of either: no clock or wake-up of a thread tells then.
    let (amount, enough, unit) =
      switch work {
      case .multiplyAdds(let count): (2 * Double(count) / 1e9, 1.0, "GFLOP")
      case .bytes(let count): (Double(count) / 1e9, 0.1, "GB")
      }
    let repetitions = max(Int(enough / amount), 1)
    benchmark(amount * Double(repetitions * calls.count), unit) {
      parallelFor(chunks: calls.count) { thread in
        for _ in 0..<repetitions { calls[thread]() }
      }
    }
  }

  // MARK: Memory, which lives until the end of the test

  /// Takes memory that begins a cache line, as that of tensors does.
  private func take<Number>(_ count: Int, of type: Number.Type) -> UnsafeMutablePointer<Number> {
    let block = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Number>.stride, alignment: 64)
    memory.append(block)
    return block.bindMemory(to: type, capacity: count)
  }

  /// Numbers between -1 and 1.
  func numbers(_ count: Int) -> UnsafeMutablePointer<Float> {
    let result = take(count, of: Float.self)
    random([count]).withUnsafeScalars { scalars in
      for index in 0..<count { (result + index).initialize(to: scalars[index]) }
    }
    return result
  }

  /// Whole numbers from 0 to `end`, exclusively.
  func bytes(_ count: Int, below end: Int) -> UnsafeMutablePointer<UInt8> {
    let result = take(count, of: UInt8.self)
    random([count]).withUnsafeScalars { scalars in
      for index in 0..<count { (result + index).initialize(to: UInt8((scalars[index] + 1) / 2 * Float(end))) }
    }
    return result
  }

  /// `count` matrices in panels, for tiles of 4 × 8 results unless another size is given.
  func matrices(
    _ count: Int = points, rows: Int, columns: Int, tile: (rows: Int, columns: Int) = (4, 8)
  ) -> KernelMatrices {
    // One cache line more, as in Kilim: see `PanelMatrices`.
    let planeStride = rows * columns + 16
    let strides = take(1, of: kilim_planes.self)
    strides.initialize(
      to: kilim_planes(
        planeStride: planeStride, panelStride: rows * Self.panel, tileRows: tile.rows, tileColumns: tile.columns))
    return KernelMatrices(first: numbers(count * planeStride), strides: strides)
  }
}

/// Matrices of the same size in panels of 32 columns, `[panels][rows][32]` each.
struct KernelMatrices {
  let first: UnsafeMutablePointer<Float>
  /// The distances between the matrices, and between the panels of one.
  let strides: UnsafePointer<kilim_planes>

  /// Where one row of a panel of a matrix begins.
  func panel(_ panel: Int, of matrix: Int, row: Int = 0) -> UnsafeMutablePointer<Float> {
    first + matrix * strides.pointee.planeStride + panel * strides.pointee.panelStride + row * KernelBenchmark.panel
  }
}

extension kilim_epilogue {
  /// Bias and ReLU.
  static func relu(bias: UnsafePointer<Float>) -> kilim_epilogue {
    kilim_epilogue(
      bias: bias, activation: kilim_activation(function: KILIM_IDENTITY, parameter: 0, low: 0, high: .infinity),
      factor: nil, shift: nil, addend: nil,
      last: kilim_activation(function: KILIM_IDENTITY, parameter: 0, low: -.infinity, high: .infinity))
  }
}
