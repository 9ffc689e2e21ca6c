import Foundation
import Tensor

/// Has this process compute with the kernels of an instruction set; before the first of them, since the set is chosen
/// once. Stops where the processor has others; one without AVX2 may have none of that name.
public func useKernels(named name: String) {
  setenv("KILIM_KERNELS", name, 1)
  #if arch(x86_64)
    require(Kernels.instructionSet == name || name == "avx2", "the kernels are \(Kernels.instructionSet)")
  #endif
}
