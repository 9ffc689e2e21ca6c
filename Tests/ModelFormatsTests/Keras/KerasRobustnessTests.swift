import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import Testing

/// Files that are damaged, or made to harm.
@Suite struct KerasRobustnessTests {
  let bytes: [UInt8]

  init() throws { bytes = try kerasBytes(of: sampleModel()) }

  @Test func aFileCutAnywhereIsReported() {
    for count in stride(from: 0, to: bytes.count, by: 3) {
      #expect(throws: ModelFileError.self, "cut at \(count)") {
        try Sequential(keras: Array(bytes.prefix(count)), path: "model.keras")
      }
    }
  }

  @Test func aChangedBitIsReportedOrHarmless() throws {
    let model = try sampleModel()
    let x = sampleInputs(for: model)
    let expected = model(x)
    for bit in stride(from: 0, to: bytes.count * 8, by: 331) {
      var changed = bytes
      changed[bit / 8] ^= 1 << (bit % 8)
      do {
        let model = try Sequential(keras: changed, path: "model.keras")
        #expect(model(x) == expected, "bit \(bit)")
      } catch is ModelFileError {}
    }
  }

  @Test func otherFilesAreReported() throws {
    for name in ["Zip/plain.zip", "Zip/bomb.zip", "HDF5/numbers.h5", "make_keras.py"] {
      #expect(throws: ModelFileError.self) { try Sequential(contentsOf: fixturePath(name)) }
    }
  }

  /// Each change of `config.json`, and the place that the error names.
  @Test(arguments: [
    (#""class_name":"Sequential""#, #""class_name":"Functional""#, "config.json"),
    (#""class_name":"Conv2D""#, #""class_name":"Conv7D""#, #"layer "conv2d""#),
    (
      #""module":"keras.layers","registered_name":null},{"class_name":"MaxP"#,
      #""module":"mine","registered_name":null},{"class_name":"MaxP"#, #"layer "conv2d""#
    ),
    (#""units":5"#, #""units":1099511627776"#, #"layer "dense""#),
    (#""units":5"#, #""units":2147483647"#, #"layer "dense""#),
    (#""units":5"#, #""units":"5""#, #"layer "dense""#),
    (#""units":5"#, #""units":5,"lora_rank":4"#, #"layer "dense""#),
    (#""units":5"#, #""units":5,"dtype":"int8_from_float32""#, #"layer "dense""#),
    (#""units":5"#, #""units":6"#, #"layer "dense""#),
    (#""filters":4"#, #""filters":4,"data_format":"channels_first""#, #"layer "conv2d""#),
    (#""filters":4"#, #""filters":2147483647"#, #"layer "conv2d""#),
    (#""axis":-1"#, #""axis":1"#, #"layer "batch_norm""#),
    (#""rate":0.2"#, #""rate":1.5"#, #"layer "dropout""#),
    ("[null,8,10,3]", "[null,null,null,3]", "config.json"),
    ("[null,8,10,3]", "[null]", "config.json"),
    ("[null,8,10,3]", "[]", "config.json"),
    ("[null,8,10,3]", "[null,2147483647,2147483647,3]", #"layer "conv2d""#),
    ("[null,8,10,3]", "[null,2147483647,2147483647,2147483647]", #"layer "conv2d""#),
    ("[null,8,10,3]", "[null,800,1000,3]", #"layer "batch_norm_1""#),
    ("[null,8,10,3]", "[null,1,1,3]", #"layer "max_pool2d""#),
    ("[null,8,10,3]", "[null,3]", #"layer "conv2d""#),
    ("[null,8,10,3]", "1e999", "config.json"),
    (#"{"class_name":"InputLayer""#, #"{"class_name":"InputLayer"}"#, "config.json"),
  ])
  func aChangedDescriptionIsReported(old: String, new: String, place: String) throws {
    let changed = try changing("config.json", of: bytes) { text in
      #expect(text.contains(old))
      return text.replacing(old, with: new, maxReplacements: 1)
    }
    let error = #expect(throws: ModelFileError.self) { try Sequential(keras: changed, path: "model.keras") }
    #expect(error?.place == place, "\(error.map { "\($0)" } ?? "none")")
  }

  /// Each change of the optimizer, the loss or the state, and a word of the error.
  @Test(arguments: [
    (#""beta_1":0.9"#, #""beta_1":1.5"#, "beta_1"),
    (#""amsgrad":false"#, #""amsgrad":3"#, "amsgrad"),
    (#""beta_1":0.9"#, #""use_ema":true,"ema_momentum":2"#, "ema_momentum"),
    (#""beta_1":0.9"#, #""ema_overwrite_frequency":0"#, "ema_overwrite_frequency"),
    (#""beta_1":0.9"#, #""gradient_accumulation_steps":1.5"#, "gradient_accumulation_steps"),
    (#""beta_1":0.9"#, #""lookahead":3"#, "lookahead"),
    (#""learning_rate":0.001"#, #""learning_rate":-1"#, "learning rate"),
    (#""learning_rate":0.001"#, #""learning_rate":{"class_name":"Mine"}"#, "Mine"),
    (#""class_name":"Adam""#, #""class_name":"Muon""#, "Muon"),
    (#""class_name":"Adam""#, #""class_name":"Adagrad""#, "beta_1"),
    (#""loss":"categorical_crossentropy""#, #""loss":{"class_name":"Huber","config":{"delta":-1}}"#, "delta"),
    (
      #""loss":"categorical_crossentropy""#,
      #""loss":{"class_name":"CategoricalFocalCrossentropy","config":{"gamma":-1}}"#, "gamma"
    ),
    (
      #""loss":"categorical_crossentropy""#,
      #""loss":{"class_name":"CategoricalFocalCrossentropy","config":{"alpha":["a"]}}"#, "alpha"
    ),
    (#""class_name":"Adam""#, #""class_name":"SGD""#, "beta_1"),
    (#""loss":"categorical_crossentropy""#, #""loss":"my_loss""#, "my_loss"),
    (#""loss":"categorical_crossentropy""#, #""loss":["mse","mse"]"#, "loss"),
  ])
  func aChangedTrainingIsReported(old: String, new: String, word: String) throws {
    let training = KerasTraining(optimizer: Adam(), loss: .categoricalCrossEntropy)
    let bytes = try KerasFile(model: sampleModel(), training: training).bytes(for: "model.keras")
    let changed = try changing("config.json", of: bytes) { text in
      #expect(text.contains(old))
      return text.replacing(old, with: new, maxReplacements: 1)
    }
    let error = #expect(throws: ModelFileError.self) { try KerasFile(bytes: changed, path: "model.keras") }
    #expect(error.map { "\($0)" }?.contains(word) == true, "\(error.map { "\($0)" } ?? "none")")
    // Who wants the model alone is not held up.
    #expect(throws: Never.self) { try Sequential(keras: changed, path: "model.keras") }
  }

  @Test func aDescriptionNestedWithoutEndIsReported() throws {
    let changed = try changing("config.json", of: bytes) { _ in String(repeating: #"{"a":["#, count: 100_000) }
    let error = #expect(throws: ModelFileError.self) { try Sequential(keras: changed, path: "model.keras") }
    #expect(error?.place == "config.json")
  }

  @Test func unknownKeysThatSayNothingAreTolerated() throws {
    let changed = try changing("config.json", of: bytes) { text in
      text.replacing(#""units":5"#, with: #""units":5,"quantization_config":null,"renorm":false,"trainable":false"#)
    }
    let model = try Sequential(keras: changed, path: "model.keras")
    #expect(model(sampleInputs(for: model)) == (try sampleModel()(sampleInputs(for: model))))
  }
}
