import Data
import NN

extension BatchMixing {
  /// Throws if a loss takes targets that cannot be mixed.
  func check(_ loss: any Loss) throws(FitError) {
    if loss is SparseCategoricalCrossEntropy { throw .mixedIndices }
  }
}
