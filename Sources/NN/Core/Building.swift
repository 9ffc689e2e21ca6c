import Autograd
import Tensor

extension Layer {
  /// Builds the layer as the part `name` of another one, which calls this from its own `build`.
  ///
  /// Parameters and buffers that have their values from an earlier building keep them. When an error is thrown,
  /// everything is as before.
  ///
  /// - Throws: ``LayerError`` that leads with `name` to the place of the layer, also when the layer is built and inputs of
  ///   this shape need parameters of other shapes.
  public func build(
    as name: String, inputShape: Shape, using generator: inout RandomGenerator
  ) throws -> Shape {
    try build(as: name, inputShapes: [inputShape], using: &generator)[0]
  }

  /// As ``build(as:inputShape:using:)``, for any number of inputs and outputs.
  public func build(
    as name: String, inputShapes: [Shape], using generator: inout RandomGenerator
  ) throws -> [Shape] {
    do {
      return try buildKeepingValues(inputShapes: inputShapes, using: &generator)
    } catch let error as LayerError {
      throw error.inside(name)
    }
  }

  /// Draws new first values for all parameters and buffers of the layer and its inner layers, also of those that other
  /// models share. This is the only way in which a built layer loses its values.
  ///
  /// - Parameters:
  ///   - inputShape: the shape of one example, without the batch axis. The layer may have been built for another one.
  ///   - generator: the source of random first values.
  /// - Throws: ``LayerError`` when inputs of this shape cannot work; the layer keeps its values then.
  public func reset(inputShape: Shape, using generator: inout RandomGenerator) throws {
    try reset(inputShapes: [inputShape], using: &generator)
  }

  /// As ``reset(inputShape:using:)``, for any number of inputs.
  public func reset(inputShapes: [Shape], using generator: inout RandomGenerator) throws {
    let before = LayerContent(of: self)
    before.reset()
    do {
      _ = try buildKeepingValues(inputShapes: inputShapes, using: &generator)
    } catch {
      before.restore()
      throw error
    }
  }

  func buildKeepingValues(inputShapes: [Shape], using generator: inout RandomGenerator) throws -> [Shape] {
    guard !inputShapes.contains(where: { $0.contains(0) }) else {
      throw LayerError(inputShapes: inputShapes, reason: "one axis has length 0")
    }
    guard inputShapes.allSatisfy(\.fitsMemory) else {
      throw LayerError(inputShapes: inputShapes, reason: "they are more than memory can hold")
    }
    let before = LayerContent(of: self)
    do {
      let shapes = try build(inputShapes: inputShapes, using: &generator)
      if let large = shapes.first(where: { !$0.fitsMemory }) {
        throw LayerError(
          inputShapes: inputShapes, reason: "its output would have shape \(large), more than memory can hold")
      }
      try before.keepValues(for: inputShapes)
      try checkRules(for: inputShapes)
      try checkContent(for: inputShapes)
      return shapes
    } catch {
      before.restore()
      throw error
    }
  }
}

/// What the parameters and buffers of a layer and its inner layers held before the layer was built.
private struct LayerContent {
  private let tensors: [(name: String, storage: TensorStorage, content: TensorStorage.Content)]

  init(of layer: any Layer) {
    let storages =
      layer.namedParameters.map { ($0.name, $0.parameter.storage) }
      + layer.namedBuffers.map { ($0.name, $0.buffer.storage) }
    tensors = storages.map { ($0, $1, $1.content) }
  }

  /// Forgets all values but those that the tensors were made with.
  func reset() {
    for tensor in tensors { tensor.storage.reset() }
  }

  /// Puts everything back.
  func restore() {
    for tensor in tensors { tensor.storage.content = tensor.content }
  }

  /// Puts back the values of an earlier building, and marks all tensors as built.
  ///
  /// - Throws: ``LayerError`` when `build` has made a tensor of another shape.
  func keepValues(for inputShapes: [Shape]) throws {
    for (name, storage, old) in tensors {
      var content = storage.content
      if old.isBuilt, let kept = old.value {
        try check(name: name, kept: kept.shape, needed: content.value?.shape ?? kept.shape, inputShapes)
        content.value = kept
      } else {
        // A copy, so that the parameter is still changed in place.
        content.initial = old.value.map { Tensor(shape: $0.shape, scalars: $0.scalars) }
      }
      content.isBuilt = true
      storage.content = content
    }
  }
}

extension TensorStorage {
  /// Sets the value of a layer's parameter or buffer, unless it has one from an earlier building.
  ///
  /// - Parameters:
  ///   - name: of the parameter, for the error.
  ///   - shape: of the value.
  ///   - inputShape: what the layer is built for.
  ///   - value: the first value.
  /// - Throws: ``LayerError`` when the value of an earlier building has another shape, for one that no memory holds, and where the
  ///   initializer cannot make it.
  func build(_ name: String, _ shape: Shape, for inputShape: Shape, _ value: () throws -> Tensor<Float>) throws {
    let old = content
    if old.isBuilt, let kept = old.value {
      return try check(name: name, kept: kept.shape, needed: shape, [inputShape])
    }
    guard shape.fitsMemory else {
      throw LayerError(
        inputShape: inputShape, reason: "its \(name) would have shape \(shape), more than memory can hold")
    }
    do {
      content = Content(value: try value(), isBuilt: true)
    } catch let error as InitializerError {
      throw LayerError(inputShape: inputShape, reason: "its \(name) has no first value: \(error.reason)")
    }
  }
}

extension Parameter {
  /// Sets the first value of a bias, `[count]`, unless it has one from an earlier building.
  ///
  /// - Throws: ``LayerError`` when the value of an earlier building has another shape, and where the initializer cannot make one.
  func buildBias(
    _ count: Int, _ initializer: Initializer, for inputShape: Shape, using generator: inout RandomGenerator
  ) throws {
    try storage.build("bias", [count], for: inputShape) {
      try initializer.values([count], fanIn: count, fanOut: count, using: &generator)
    }
  }
}

extension Shape {
  /// Whether memory may hold such a tensor: 2⁴⁶ numbers are all that a processor can address. Sums of such lengths do not
  /// overflow.
  var fitsMemory: Bool { elementCountIfRepresentable.map { $0 <= 1 << 46 } ?? false }

  /// The shape with so much more before and behind each axis; `nil` for negative numbers and for lengths without reason.
  package func padded(by amounts: [(before: Int, after: Int)]) -> Shape? {
    let sensible = 0...Int(Int32.max)
    guard amounts.count == rank, allSatisfy({ $0 <= 1 << 60 }),
      amounts.allSatisfy({ sensible.contains($0.before) && sensible.contains($0.after) })
    else { return nil }
    return Shape(zip(self, amounts).map { $0 + $1.before + $1.after })
  }
}

private func check(name: String, kept: Shape, needed: Shape, _ inputShapes: [Shape]) throws {
  guard kept == needed else {
    throw LayerError(
      inputShapes: inputShapes,
      reason: "it is built already, its \(name) has shape \(kept), and these inputs need \(needed); "
        + "reset(inputShape:using:) draws new values")
  }
}
