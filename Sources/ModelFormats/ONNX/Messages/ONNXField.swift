/// The numbers of the fields of ONNX's messages that Kilim reads or writes, as `onnx.proto` gives them.
enum ONNXField {
  enum Model {
    static let formatVersion = 1, producer = 2, graph = 7, operationSets = 8, metadata = 14, functions = 25
  }

  enum OperationSet {
    static let domain = 1, version = 2
  }

  enum Entry {
    static let key = 1, value = 2
  }

  enum Graph {
    static let nodes = 1, name = 2, initializers = 5, inputs = 11, outputs = 12, sparseInitializers = 15
  }

  enum Node {
    static let inputs = 1, outputs = 2, name = 3, operation = 4, attributes = 5, domain = 7
  }

  enum Attribute {
    static let name = 1, float = 2, integer = 3, text = 4, tensor = 5, graph = 6, floats = 7, integers = 8, texts = 9
    static let tensors = 10, graphs = 11, type = 20, reference = 21, sparseTensor = 22, sparseTensors = 23
  }

  enum Tensor {
    static let lengths = 1, type = 2, floats = 4, integers32 = 5, texts = 6, integers64 = 7, name = 8, raw = 9
    static let doubles = 10, unsigned64 = 11, externalData = 13, location = 14
  }

  enum Value {
    static let name = 1, type = 2
  }

  enum ValueType {
    static let tensor = 1
  }

  enum TensorType {
    static let elements = 1, shape = 2
  }

  enum Shape {
    static let axes = 1
  }

  enum Axis {
    static let length = 1, name = 2
  }
}
