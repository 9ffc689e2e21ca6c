import NN
import Testing

struct SummaryTests {
  @Test func theOriginalNetwork() throws {
    let model = try originalNetwork()
    #expect(model.parameterCount == 1_815_499)
    #expect(model.bufferCount == 1_984)
    #expect(model.multiplyAdds == 233_832_800)
    let expected = """
      Layer (type)              Output shape   Parameters  Multiply-adds
      ──────────────────────────────────────────────────────────────────
      conv2d (Conv2D)           [64, 64, 64]        1,792      7,077,888
      max_pool2d (MaxPool2D)    [64, 32, 32]            0              0
      dropout (Dropout)         [64, 32, 32]            0              0
      batch_norm (BatchNorm)    [64, 32, 32]          256              0
      conv2d_1 (Conv2D)         [128, 32, 32]      73,856     75,497,472
      max_pool2d_1 (MaxPool2D)  [128, 16, 16]           0              0
      dropout_1 (Dropout)       [128, 16, 16]           0              0
      batch_norm_1 (BatchNorm)  [128, 16, 16]         512              0
      conv2d_2 (Conv2D)         [256, 16, 16]     295,168     75,497,472
      max_pool2d_2 (MaxPool2D)  [256, 8, 8]             0              0
      dropout_2 (Dropout)       [256, 8, 8]             0              0
      batch_norm_2 (BatchNorm)  [256, 8, 8]         1,024              0
      conv2d_3 (Conv2D)         [512, 8, 8]     1,180,160     75,497,472
      max_pool2d_3 (MaxPool2D)  [512, 4, 4]             0              0
      dropout_3 (Dropout)       [512, 4, 4]             0              0
      batch_norm_3 (BatchNorm)  [512, 4, 4]         2,048              0
      flatten (Flatten)         [8192]                  0              0
      dropout_4 (Dropout)       [8192]                  0              0
      dense (Dense)             [32]              262,176        262,144
      dropout_5 (Dropout)       [32]                    0              0
      batch_norm_4 (BatchNorm)  [32]                  128              0
      dense_1 (Dense)           [11]                  363            352
      ──────────────────────────────────────────────────────────────────
      Total parameters: 1,817,483
      Trainable parameters: 1,815,499
      Non-trainable parameters: 1,984
      Multiply-adds for one example: 233,832,800
      """
    #expect(model.summary() == expected)
  }

  @Test func aModelThatIsNotBuilt() {
    let expected = """
      Layer (type)       Output shape  Parameters  Multiply-adds
      ──────────────────────────────────────────────────────────
      dense (Dense)      ?                      ?              ?
      flatten (Flatten)  ?                      ?              ?
      ──────────────────────────────────────────────────────────
      The model is not built.
      """
    #expect(
      Sequential {
        Dense(2)
        Flatten()
      }.summary() == expected)
  }

  @Test func partsOfAModelAreOneLine() throws {
    let model = try Sequential(input: [2]) {
      Residual { Dense(2) }
      Sequential {}
    }
    let lines = model.summary().split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines[2].split(separator: " ") == ["residual", "(Residual)", "[2]", "6", "4"])
    #expect(lines[3].split(separator: " ") == ["sequential", "(Sequential)", "[2]", "0", "0"])
  }
}
