import ModelFormats
import NN
import Tensor
import TestSupport
import Testing

/// Expects that the newest Keras opens what is written of models, and predicts the same.
///
/// - Parameters:
///   - files: the models, with `NAME.npz` beside each.
///   - folder: where they stand.
func expectKerasPredictsTheSame(_ files: [String], in folder: String) throws {
  guard PythonEnvironment.hasKeras("newest") else {
    print("Keras is left out: \(PythonEnvironment.absence)")
    return
  }
  let written = try TemporaryFolder()
  var arguments: [String] = []
  for file in files {
    let name = file.replacing(/\.[a-z0-9]+$/, with: "")
    try Model(contentsOf: "\(folder)/\(file)").save(to: written.path("\(name).keras"))
    arguments += [written.path("\(name).keras"), "\(folder)/\(name).npz"]
  }
  let (succeeded, output) = try PythonEnvironment.run(fixturePath("check_answers.py"), arguments)
  #expect(succeeded && output.contains("checked"), "\(output)")
}

/// Expects the outputs in `NAME.npz` beside a file of Keras.
func expectAnswers(of model: Model, _ file: String, in folder: String) throws {
  let name = file.replacing(/\.[a-z0-9]+$/, with: "")
  let arrays = try NPZ(contentsOf: "\(folder)/\(name).npz").tensors
  let inputs = try model.inputShapes.indices.map { index in
    let x = try #require(arrays["input\(index)"])
    return x.rank == 5 ? x.permuted([0, 1, 4, 2, 3]) : x.rank == 4 ? x.permuted([0, 3, 1, 2]) : x
  }
  for (index, output) in model.outputs(of: inputs).enumerated() {
    let found =
      output.rank == 5
      ? output.permuted([0, 1, 3, 4, 2]) : output.rank == 4 ? output.permuted([0, 2, 3, 1]) : output
    // Sums of some hundred products of numbers near 1, each rounded to 2⁻²⁴.
    #expect(deviation(found, from: try #require(arrays["output\(index)"])) <= 1e-5, "\(file): output \(index)")
  }
}
