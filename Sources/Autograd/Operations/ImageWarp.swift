import Tensor

extension Variable {
  /// Images `[N, C, H, W]`, each warped by its map; see `Tensor.warped(by:)`. No gradient flows to the maps, and nothing is
  /// kept but them.
  public func warped(by warp: ImageWarp) -> Variable {
    Variable(value.warped(by: warp), from: (self, { $0.warpGradient(by: warp) }))
  }
}
