// Images whose channels grow: each pixel has room for more channels behind its own, so that appending some copies them alone.

extension Tensor {
  /// Images `[N, C, H, W]` joined along their channels, with room for `capacity` channels at each pixel. Stops if their shapes
  /// differ beside the channels, or if there is not enough room for them.
  package init(joiningChannelsOf images: [Tensor], capacity: Int) {
    guard let first = images.first else { stop("joining channels: no images were given") }
    let shape = first.shape.replacing(axis: 1, with: images.reduce(0) { $0 + $1.shape[1] })
    require(capacity >= shape[1], "joining channels: \(shape[1]) channels do not fit into \(capacity)")
    let storage = Storage<Scalar>(shape: shape.replacing(axis: 1, with: capacity))
    let empty = Layout(channelsLast: shape.replacing(axis: 1, with: 0), pitch: capacity)
    self = Tensor(storage: storage, layout: empty).appending(images)
  }

  /// The images with the channels of others behind their own, in the same memory; `nil` where that has no room for them. What was
  /// appended to the same images before is overwritten, so that they must be appended to once.
  package func appendingChannels(of images: some Collection<Tensor>) -> Tensor? {
    guard let pitch = layout.pixelPitch, layout.offset % Swift.max(pitch, 1) == 0,
      images.reduce(shape[1], { $0 + $1.shape[1] }) <= pitch
    else { return nil }
    return appending(images)
  }

  private func appending(_ images: some Collection<Tensor>) -> Tensor {
    var result = self
    for part in images {
      require(
        part.rank == 4 && part.shape.replacing(axis: 1, with: 0) == shape.replacing(axis: 1, with: 0),
        "joining channels: shapes differ beside axis 1: \(shape) and \(part.shape)")
      let before = result.shape[1]
      result.layout.shape = shape.replacing(axis: 1, with: before + part.shape[1])
      let place = result.layout.sliced(axis: 1, start: before, length: part.shape[1], step: 1)
      Tensor.copy(part, to: place, of: storage.pointer)
    }
    return result
  }
}
