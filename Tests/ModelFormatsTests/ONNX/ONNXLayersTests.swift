import Autograd
import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// Every layer in ONNX: onnxruntime computes what Kilim computes, and Kilim reads its own file.
@Suite struct ONNXLayersTests {
  private struct Case {
    let name: String
    let inputs: [Shape]
    let layer: @Sendable () -> any Layer
    /// Whether the inputs are whole numbers from 0 on.
    var countsRows = false

    init(_ name: String, _ inputs: Shape..., countsRows: Bool = false, _ layer: @escaping @Sendable () -> any Layer) {
      (self.name, self.inputs, self.layer, self.countsRows) = (name, inputs, layer, countsRows)
    }

    /// The layer with random values in all of its parameters and buffers.
    func model() throws -> Model {
      let layer = layer()
      let symbols = inputs.enumerated().map { Input($1, name: "x\($0)") }
      let model = try Model(inputs: symbols, outputs: layer.outputs(of: symbols, name: "layer"), seed: 3)
      for (index, parameter) in model.parameters.enumerated() {
        let shape = parameter.value.shape
        parameter.value = parameter.value + sample(shape, seed: UInt64(index + 40)) * 0.2
      }
      for (index, buffer) in model.namedBuffers.map(\.buffer).enumerated() {
        buffer.value = buffer.value + (sample(buffer.value.shape, seed: UInt64(index + 90)) as Tensor<Float>).absolute()
      }
      return model
    }

    func inputs(count: Int) -> [Tensor<Float>] {
      inputs.enumerated().map { index, shape in
        let x: Tensor<Float> = sample(Shape([count] + shape), seed: UInt64(index + 7))
        guard countsRows else { return x }
        return Tensor(shape: x.shape, scalars: x.scalars.map { abs($0 * 3).rounded(.down) })
      }
    }
  }

  private static let image: Shape = [3, 9, 8]
  private static let sequence: Shape = [7, 4]

  private static func options(_ change: (inout RecurrentOptions) -> Void) -> RecurrentOptions {
    var options = RecurrentOptions()
    change(&options)
    return options
  }

  private static var cases: [Case] {
    images + sequences + volumes + normalizations + recurrent + attention
  }

  private static let images = [
    Case("resizing nearest", image) { Resizing(Size(height: 5, width: 11), interpolation: .nearest) },
    Case("resizing bilinear", image) { Resizing(Size(height: 5, width: 11)) },
    Case("resizing antialiased", image) { Resizing(Size(height: 4, width: 3), antialiases: true) },
    Case("resizing bicubic", image) { Resizing(Size(height: 12, width: 5), interpolation: .bicubic) },
    Case("resizing lanczos", image) { Resizing(Size(height: 7, width: 7), interpolation: .lanczos3) },
    Case("resizing crop", image) { Resizing(Size(height: 4, width: 6), aspectRatio: .crop) },
    Case("resizing pad", image) { Resizing(Size(height: 4, width: 6), aspectRatio: .pad(with: 0.5)) },
    Case("upsampling", image) { UpSampling2D(Size(height: 2, width: 3)) },
    Case("upsampling bilinear", image) { UpSampling2D(2, interpolation: .bilinear) },
    Case("center crop", image) { CenterCrop(Size(height: 4, width: 5)) },
    Case("center crop of a small image", image) { CenterCrop(Size(height: 12, width: 5)) },
    Case("transposed", image) { Conv2DTranspose(4, kernelSize: 3, stride: 2) },
    Case("transposed same", image) {
      Conv2DTranspose(4, kernelSize: Size(height: 2, width: 3), stride: 2, padding: .same, activation: .relu)
    },
    Case("transposed far", image) { Conv2DTranspose(2, kernelSize: 2, stride: 3, useBias: false) },
    Case("transposed explicit", image) {
      Conv2DTranspose(
        4, kernelSize: 3, stride: 2, padding: .explicit(top: 1, bottom: 0, left: 0, right: 1),
        outputPadding: Size(height: 1, width: 0))
    },
    Case("transposed dilated", image) { Conv2DTranspose(4, kernelSize: 3, dilation: 2) },
    Case("softmax over axes", image) { Softmax(axes: [0, 2]) },
    Case("embedding", [5], countsRows: true) { Embedding(8, features: 6) },
    Case("embedding of an image", [4, 3], countsRows: true) { Embedding(8, features: 6) },
    Case("recomputed", image) {
      Recomputed {
        Conv2D(4, kernelSize: 3)
        BatchNorm()
      }
    },
    Case("penalty", image) { ActivityRegularization(l2: 0.1) },
  ]

  private static let volume: Shape = [4, 3, 5, 6]

  private static let volumes = [
    Case("softmax of voxels", volume) { ActivationLayer(.softmax) },
    Case("conv3d", volume) { Conv3D(4, kernelSize: 2, activation: .relu) },
    Case("conv3d same", volume) {
      Conv3D(
        6, kernelSize: VolumeSize(depth: 2, height: 3, width: 1), stride: VolumeSize(depth: 3, height: 1, width: 2),
        padding: .same, groups: 3)
    },
    Case("conv3d dilated", volume) {
      Conv3D(2, kernelSize: 2, dilation: VolumeSize(depth: 3, height: 1, width: 2), useBias: false)
    },
    Case("max pool of volumes", volume) {
      MaxPool3D(VolumeSize(depth: 3, height: 2, width: 2), stride: 2, padding: .same)
    },
    Case("average pool of volumes", volume) { AveragePool3D(2, padding: .same) },
    Case("global average of volumes", volume) { GlobalAveragePool3D() },
    Case("global max of volumes", volume) { GlobalMaxPool3D(keepsAxes: true) },
    Case("zeros around volumes", volume) {
      ZeroPad3D(depth: VolumeEnds(before: 1, after: 0), height: 2, width: VolumeEnds(before: 0, after: 1))
    },
    Case("cropped volumes", volume) {
      Cropping3D(depth: VolumeEnds(before: 1, after: 0), height: 2, width: VolumeEnds(before: 0, after: 1))
    },
    Case("larger volumes", volume) { UpSampling3D(VolumeSize(depth: 2, height: 1, width: 3)) },
    Case("flattened video", volume) { Flatten(order: .channelsLast) },
    Case("reshaped video", volume) { Reshape([3, 4, 6, 5], order: .channelsLast) },
  ]

  private static let sequences = [
    Case("depthwise conv1d", sequence) {
      DepthwiseConv1D(kernelSize: 3, stride: 2, padding: .same, depthMultiplier: 2, activation: .relu)
    },
    Case("separable conv1d", sequence) { SeparableConv1D(5, kernelSize: 2, depthMultiplier: 2, dilation: 2) },
    Case("conv1d", sequence) { Conv1D(5, kernelSize: 3, activation: .relu) },
    Case("longer", sequence) { Conv1DTranspose(5, kernelSize: 3, stride: 2, padding: .same, activation: .relu) },
    Case("longer by one", sequence) { Conv1DTranspose(2, kernelSize: 2, stride: 3, outputPadding: 2, useBias: false) },
    Case("longer dilated", sequence) { Conv1DTranspose(2, kernelSize: 3, dilation: 2) },
    Case("conv1d same", sequence) { Conv1D(6, kernelSize: 4, stride: 2, padding: .same, groups: 2) },
    Case("conv1d causal", sequence) { Conv1D(5, kernelSize: 2, padding: .causal, dilation: 3, useBias: false) },
    Case("max pool", sequence) { MaxPool1D(3, stride: 2, padding: .same) },
    Case("average pool", sequence) { AveragePool1D(3, stride: 2, padding: .same) },
    Case("global average", sequence) { GlobalAveragePool1D() },
    Case("global maximum", sequence) { GlobalMaxPool1D(keepsAxes: true) },
    Case("cropping", sequence) { Cropping1D(before: 1, after: 2) },
    Case("padding", sequence) { ZeroPad1D(before: 1, after: 2) },
    Case("upsampling steps", sequence) { UpSampling1D(3) },
    Case("repeat", [5]) { RepeatVector(4) },
    Case("dense", sequence) { Dense(5, activation: .gelu) },
  ]

  private static let normalizations = [
    Case("layer norm", [6]) { LayerNorm() }, Case("layer norm of steps", sequence) { LayerNorm(useShift: false) },
    Case("layer norm of an image", image) { LayerNorm(epsilon: 0.1, useScale: false) },
    Case("layer norm over axes", image) { LayerNorm(axes: [1, 3]) },
    Case("group norm", [4, 5, 6]) { GroupNorm(groups: 2) },
    Case("group norm of steps", sequence) { GroupNorm(groups: 2, useScale: false) },
    Case("instance norm", image) { GroupNorm(groups: nil, axis: 2, useShift: false) },
    Case("rms norm", image) { RMSNorm() }, Case("rms norm over axes", sequence) { RMSNorm(axes: [1, 2]) },
    Case("unit norm", image) { UnitNorm() }, Case("unit norm over axes", image) { UnitNorm(axes: [2, 3]) },
    Case("data norm", image) { DataNorm() }, Case("inverse data norm", sequence) { DataNorm(isInverse: true) },
    Case("data norm of all", image) { DataNorm(axes: []) },
  ]

  private static let recurrent = [
    Case("rnn", sequence) { SimpleRNN(5) },
    Case("rnn relu", sequence) { SimpleRNN(5, activation: .relu, options { $0.returnsSequences = true }) },
    Case("lstm", sequence) { LSTM(5) },
    Case("lstm all", sequence) {
      LSTM(
        5, recurrentActivation: .hardSigmoid,
        options {
          $0.returnsSequences = true
          $0.returnsState = true
        })
    },
    Case("lstm states", sequence, [5], [5]) { LSTM(5, options { $0.returnsState = true }) },
    Case("lstm backwards", sequence) {
      LSTM(
        5,
        options {
          $0.goesBackwards = true
          $0.returnsSequences = true
          $0.useBias = false
        })
    },
    Case("gru", sequence) { GRU(5) },
    Case("gru before", sequence) { GRU(5, resetAfter: false, options { $0.returnsSequences = true }) },
    Case("bidirectional", sequence) { Bidirectional(LSTM(3, options { $0.returnsSequences = true })) },
    Case("bidirectional sum", sequence) { Bidirectional(GRU(3), merging: .sum) },
    Case("bidirectional states", sequence) {
      Bidirectional(SimpleRNN(3, options { $0.returnsState = true }), merging: .none)
    },
    Case("time distributed", [3, 2, 6, 5]) { TimeDistributed(Conv2D(4, kernelSize: 3)) },
    Case("rows of sequences", [3, 4, 5]) { TimeDistributed(LSTM(2, returnsSequences: true)) },
    Case("rows", [3, 4, 5]) { TimeDistributed(GlobalAveragePool1D()) },
  ]

  private static let attention = [
    Case("plain attention", sequence, [5, 4]) { Attention(useScale: true, isCausal: true) },
    Case("plain attention of sums", sequence, [5, 6], [5, 4]) { Attention(.sum, useScale: true) },
    Case("additive attention", sequence, [5, 4]) { AdditiveAttention(isCausal: true) },
    Case("attention", sequence) { MultiHeadAttention(heads: 2, keyFeatures: 3) },
    Case("attention of another", sequence, [5, 4]) {
      MultiHeadAttention(heads: 2, keyFeatures: 3, valueFeatures: 2, outputFeatures: 6, useBias: false)
    },
    Case("causal attention", sequence) { MultiHeadAttention(heads: 2, keyFeatures: 3, useGate: true, isCausal: true) },
    Case("window attention", sequence) { MultiHeadAttention(heads: 1, keyFeatures: 3, dropout: 0.1, window: 2) },
    Case("image attention", [4, 3, 5]) { MultiHeadAttention(heads: 2, keyFeatures: 3) },
    Case("row attention", [4, 3, 5]) { MultiHeadAttention(heads: 2, keyFeatures: 3, axes: [2]) },
  ]

  /// Results are some hundred products of numbers near 1, each rounded once: 1e-5 of the largest.
  @Test(.enabled(if: PythonEnvironment.has("onnxruntime"), Comment(rawValue: PythonEnvironment.absence)))
  func onnxruntimeComputesWhatKilimComputes() throws {
    let folder = try TemporaryFolder()
    for item in Self.cases {
      let (model, inputs) = (try item.model(), item.inputs(count: 3))
      do { try model.exportONNX(to: folder.path("\(item.name).onnx")) } catch { Issue.record("\(item.name): \(error)") }
      for (index, x) in inputs.enumerated() { try x.writeNPY(to: folder.path("\(item.name).x\(index).npy")) }
      for (index, y) in model.outputs(of: inputs).enumerated() {
        try y.contiguous().writeNPY(to: folder.path("\(item.name).y\(index).npy"))
      }
    }
    let (succeeded, output) = try PythonEnvironment.run(fixturePath("check_onnx.py"), [folder.url.path])
    #expect(succeeded && output.contains("checked \(Self.cases.count) models"), "\(output)")
  }

  /// Layers that ONNX spells out come back as several; what they compute stays.
  @Test func kilimReadsItsOwnFiles() throws {
    for item in Self.cases where !Self.notRead.contains(item.name) {
      do {
        let (model, inputs) = (try item.model(), item.inputs(count: 2))
        let read = try Model(onnx: model.onnxBytes(for: item.name), path: item.name)
        for (found, expected) in zip(read.outputs(of: inputs), model.outputs(of: inputs)) {
          let largest = max(expected.absolute().max().scalar, 1)
          #expect(found.shape == expected.shape && deviation(found, from: expected) <= 1e-5 * largest, "\(item.name)")
        }
      } catch {
        Issue.record("\(item.name): \(error)")
      }
    }
  }

  /// First states of a recurrent layer that depend on the inputs are not read; nor is a batch of batches, nor a window over
  /// volumes.
  private static let notRead: Set<String> = [
    "lstm states", "row attention", "time distributed", "conv3d", "conv3d same", "conv3d dilated",
    "max pool of volumes",
    "average pool of volumes", "rows", "rows of sequences",
  ]
}
