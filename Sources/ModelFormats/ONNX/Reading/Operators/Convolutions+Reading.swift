import Autograd
import NN
import Tensor

extension ONNXOperators {
  static let convolutions: [String: ONNXBuilder] = ["Conv": convolution, "ConvTranspose": transposedConvolution]

  private static func convolution(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let (x, weight) = (try operation.numbers(0), try operation.weight(1))
    guard x.rank == weight.rank, (3...5).contains(x.rank) else {
      throw operation.unsupported(
        "an input of \(x.rank) axes and a weight \(weight.shape)",
        expected: "images [N, C, H, W], sequences [N, C, L] or volumes [N, C, D, H, W]")
    }
    let groups = try operation.integer("group", default: 1)
    guard groups >= 1, weight.shape.allSatisfy({ $0 > 0 }) else {
      throw operation.unsupported("\(groups) groups of a weight \(weight.shape)", expected: "1 or more")
    }
    let bias = try operation.bias(2, axis: 1, count: weight.shape[0], rank: x.rank)
    if x.rank == 3 { return [.data(try sequence(operation, x, weight, bias, groups))] }
    if x.rank == 5 { return [.data(try operation.volumeConvolution(x, weight, bias, groups: groups))] }
    let image = try operation.arranged(x, [0, 1, 2, 3])
    let lengths = Array(image.example.dropFirst())
    let window = try operation.window(on: lengths, size: Array(weight.shape.dropFirst(2))).onImage(image.example)
    let channels = image.example[0]
    let (size, stride, dilation, padding) = (window.size, window.stride, window.dilation, window.padding)
    if groups == channels, groups > 1, weight.shape[1] == 1, weight.shape[0] % channels == 0 {
      let layer = DepthwiseConv2D(
        kernelSize: size, stride: stride, padding: padding, depthMultiplier: weight.shape[0] / channels,
        dilation: dilation, useBias: bias != nil)
      layer.weight.set(weight)
      layer.bias?.set(bias)
      return [.data(try operation.call(layer, image))]
    }
    let layer = Conv2D(
      weight.shape[0], kernelSize: size, stride: stride, padding: padding, dilation: dilation, groups: groups,
      useBias: bias != nil)
    layer.weight.set(weight)
    layer.bias?.set(bias)
    return [.data(try operation.call(layer, image))]
  }

  /// A convolution along one axis. Kilim's sequences have the features last.
  private static func sequence(
    _ operation: ONNXOperation, _ x: ONNXData, _ weight: Tensor<Float>, _ bias: Tensor<Float>?, _ groups: Int
  ) throws -> ONNXData {
    var steps = try operation.arranged(x, [0, 2, 1])
    let axis = try operation.window(on: [steps.example[0]], size: [weight.shape[2]]).axes[0]
    var padding = SequencePadding.valid
    let window = Window(
      Size(height: 1, width: axis.size), stride: Size(height: 1, width: axis.stride),
      dilation: Size(height: 1, width: axis.dilation), padding: .same)
    if axis.before + axis.after > 0 {
      let same = window.onnxPads(onImageOf: [1, 1, steps.example[0]])
      if [same[1], same[3]] == [axis.before, axis.after] {
        padding = .same
      } else if axis.before == axis.extent - 1, axis.after == 0 {
        padding = .causal
      } else {
        steps = try operation.call(ZeroPad1D(before: axis.before, after: axis.after), steps, part: "pad")
      }
    }
    let layer = Conv1D(
      weight.shape[0], kernelSize: axis.size, stride: axis.stride, padding: padding, dilation: axis.dilation,
      groups: groups, useBias: bias != nil)
    layer.weight.set(weight)
    layer.bias?.set(bias)
    return try operation.call(layer, steps)
  }

  private static func transposedConvolution(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let (x, weight) = (try operation.numbers(0), try operation.weight(1))
    try operation.require("group", is: 1)
    let (image, isSequence) = try operation.image(x)
    guard weight.rank == x.rank, weight.shape.allSatisfy({ $0 > 0 }) else {
      throw operation.unsupported("a weight \(weight.shape)", expected: "one of \(x.rank) axes")
    }
    let sizes = (isSequence ? [1] : []) + Array(weight.shape.dropFirst(2))
    let lines = try operation.transposedLines(
      lengths: Array(image.example.dropFirst(isSequence ? 2 : 1)), sizes: Array(weight.shape.dropFirst(2)))
    let all = (isSequence ? [ONNXTransposedLine(stride: 1, dilation: 1)] : []) + lines
    let isPlain = all.indices.allSatisfy {
      all[$0].before == 0 && all[$0].after == 0 && all[$0].added == 0
        && all[$0].stride <= (sizes[$0] - 1) * all[$0].dilation + 1
    }
    let bias = try operation.bias(2, axis: 1, count: weight.shape[1], rank: x.rank)
    let layer = Conv2DTranspose(
      weight.shape[1], kernelSize: Size(height: sizes[0], width: sizes[1]),
      stride: Size(height: all[0].stride, width: all[1].stride),
      padding: isPlain
        ? .valid
        : .explicit(top: all[0].before, bottom: all[0].after, left: all[1].before, right: all[1].after),
      outputPadding: isPlain ? nil : Size(height: all[0].added, width: all[1].added),
      dilation: Size(height: all[0].dilation, width: all[1].dilation), useBias: bias != nil)
    layer.weight.set(weight.reshaped(to: [weight.shape[0], weight.shape[1]] + sizes))
    layer.bias?.set(bias)
    return [.data(try operation.callOnImage(layer, image, isSequence: isSequence))]
  }
}

/// A transposed convolution along one axis.
private struct ONNXTransposedLine {
  var stride, dilation: Int
  var before = 0
  var after = 0
  /// Elements that are added behind the others.
  var added = 0
}

extension ONNXOperation {
  fileprivate func transposedLines(lengths: [Int], sizes: [Int]) throws -> [ONNXTransposedLine] {
    let count = lengths.count
    let kernel = try integers("kernel_shape") ?? sizes
    let strides = try integers("strides") ?? lengths.map { _ in 1 }
    let dilations = try integers("dilations") ?? lengths.map { _ in 1 }
    let pads = try integers("pads") ?? lengths.flatMap { _ in [0, 0] }
    let added = try integers("output_padding") ?? lengths.map { _ in 0 }
    let output = try integers("output_shape")
    let mode = try text("auto_pad", default: "NOTSET")
    // No product of two such numbers overflows.
    let sensible = 0...1 << 24
    guard kernel == sizes,
      [strides.count, dilations.count, added.count, output?.count ?? count] == [count, count, count, count],
      pads.count == 2 * count, (strides + dilations).allSatisfy((1...1 << 24).contains),
      lengths.allSatisfy({ $0 <= Int(Int32.max) }),
      (pads + added + (output ?? [])).allSatisfy(sensible.contains), sizes.allSatisfy(sensible.contains)
    else {
      throw unsupported(
        "kernel \(kernel), strides \(strides), dilations \(dilations), pads \(pads), output_padding \(added)",
        expected: "\(count) numbers for each, the kernel \(sizes)")
    }
    return try lengths.indices.map { index in
      var line = ONNXTransposedLine(stride: strides[index], dilation: dilations[index])
      line.added = added[index]
      let full = (lengths[index] - 1) * line.stride + (sizes[index] - 1) * line.dilation + 1 + line.added
      guard output != nil || mode.hasPrefix("SAME") else {
        guard ["NOTSET", "VALID"].contains(mode) else { throw unsupported("auto_pad = \(mode)", expected: "NOTSET") }
        if mode == "NOTSET" { (line.before, line.after) = (pads[index], pads[index + count]) }
        return line
      }
      let total = full - (output?[index] ?? lengths[index] * line.stride)
      // Elements that are missing are added behind; too many are cut off on both sides.
      guard total >= 0 else {
        guard -total < line.stride, line.added == 0 else {
          throw unsupported("an output of \(full - total) elements", expected: "\(full) or fewer")
        }
        line.added = -total
        return line
      }
      line.before = mode == "SAME_UPPER" ? total / 2 : total - total / 2
      line.after = total - line.before
      return line
    }
  }
}

extension ONNXOperation {
  /// The bias of a convolution or product: an input of it, or a constant that the only node behind it adds.
  ///
  /// - Parameters:
  ///   - index: of the input.
  ///   - axis: of the result, along which the bias lies; a negative one counts from the end.
  ///   - count: the number of elements.
  ///   - rank: the number of axes of the result.
  func bias(_ index: Int, axis: Int, count: Int, rank: Int) throws -> Tensor<Float>? {
    if has(index) {
      let bias = try weight(index)
      guard bias.count == count else { throw unsupported("a bias \(bias.shape)", expected: "\(count) numbers") }
      return bias.reshaped(to: [count])
    }
    guard let name = node.outputs.first, let (taker, next) = reading.onlyTaker(of: name), next.operation == "Add",
      next.domain.isEmpty, next.inputs.count == 2, next.inputs[0] != next.inputs[1],
      let other = next.inputs.first(where: { $0 != name }), case .constant(.numbers(let bias))? = reading.values[other],
      bias.count == count, bias.rank >= 1
    else { return nil }
    // Counted from the end, the axis is the same for a constant with fewer axes.
    let place = axis < 0 ? -axis : rank - axis
    guard place <= bias.rank, bias.shape[bias.rank - place] == count, bias.rank <= rank else {
      return nil
    }
    joinedNode = taker
    return bias.reshaped(to: [count])
  }
}

extension Parameter {
  /// Sets the value of a layer that is not built yet, and that keeps it when it is built.
  func set(_ value: Tensor<Float>?) {
    storage.content = .init(value: value?.contiguous(), isBuilt: true)
  }
}

extension Buffer {
  /// Sets the value of a layer that is not built yet, and that keeps it when it is built.
  func set(_ value: Tensor<Float>) {
    storage.content = .init(value: value.contiguous(), isBuilt: true)
  }
}
