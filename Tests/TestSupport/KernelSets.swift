import Foundation
import Tensor

/// Makes this process compute with the kernels of one instruction set. Call it before any kernel runs, because the set is
/// chosen once. Stops if other kernels are chosen; only `avx2` may be missing, on a processor without it.
public func useKernels(named name: String) {
  setenv("KILIM_KERNELS", name, 1)
  #if arch(x86_64)
    require(Kernels.instructionSet == name || name == "avx2", "the kernels are \(Kernels.instructionSet)")
  #endif
}
