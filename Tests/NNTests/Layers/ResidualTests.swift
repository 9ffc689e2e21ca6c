import Autograd
import NN
import Tensor
import Testing

struct ResidualTests {
  @Test func addsTheInput() throws {
    let model = try Sequential(input: [4]) {
      Residual { Dense(4) }
    }
    #expect(model.namedParameters.map(\.name) == ["residual.body.dense.weight", "residual.body.dense.bias"])
    let x = hashed([3, 4], seed: 1)
    let (weight, bias) = (model.parameters[0].value, model.parameters[1].value)
    #expect(model(x) == x.matmul(weight) + bias + x)
    #expect(model.multiplyAdds(inputShape: [4], outputShape: [4]) == 16)
  }

  @Test func theShortcutMayHaveLayers() throws {
    let model = try Sequential(input: [2, 4, 4]) {
      Residual {
        Conv2D(3, kernelSize: 3, stride: 2, padding: .same, activation: .relu)
        BatchNorm()
      } shortcut: {
        Conv2D(3, kernelSize: 1, stride: 2, useBias: false)
      }
    }
    #expect(
      model.namedParameters.map(\.name) == [
        "residual.body.conv2d.weight", "residual.body.conv2d.bias", "residual.body.batch_norm.scale",
        "residual.body.batch_norm.shift", "residual.shortcut.conv2d.weight",
      ])
    #expect(model.outputShape == [3, 2, 2])
    #expect(model.multiplyAdds(inputShape: [2, 4, 4], outputShape: [3, 2, 2]) == 12 * 18 + 12 * 2)
  }

  @Test func bothWaysMustEndAlike() throws {
    let error = try #require(throws: LayerError.self) {
      try Sequential(input: [2, 4, 4]) {
        Residual { Conv2D(3, kernelSize: 3, padding: .same) }
      }
    }
    #expect(
      "\(error)"
        == "layer residual.sum cannot take inputs of shape [3, 4, 4] and [2, 4, 4]: lengths that meet must be equal or 1"
    )
  }

  @Test func errorsNameTheWay() throws {
    func place(_ residual: Residual) throws -> String {
      try #require(throws: LayerError.self) { try Sequential(input: [2, 4, 4], layers: [residual]) }.layer
    }
    #expect(try place(Residual { Dense(2) }) == "residual.body.dense")
    #expect(
      try place(
        Residual {
        } shortcut: {
          Dense(2)
        }) == "residual.shortcut.dense")
  }
}
