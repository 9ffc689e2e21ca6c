import Foundation
import Tensor

extension Safetensors {
  /// Reads the content of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: the path of the file, for error messages.
  /// - Throws: ``ModelFileError`` if the content does not follow the format.
  public init(bytes: [UInt8], path: String) throws {
    let (header, bodyStart) = try Self.header(of: bytes, path: path)
    metadata = header.metadata
    tensors = [:]
    var filled = 0
    for (name, entry) in header.entries.sorted(by: {
      $0.value.dataOffsets.lexicographicallyPrecedes($1.value.dataOffsets)
    }) {
      func error(_ problem: ModelFileError.Problem) -> ModelFileError {
        ModelFileError(path: path, place: "tensor \"\(name)\"", problem: problem)
      }
      guard entry.dataOffsets.count == 2, entry.dataOffsets[0] == filled else {
        throw error(.damaged("lies at \(entry.dataOffsets), while the bytes before it end at \(filled)"))
      }
      let end = entry.dataOffsets[1]
      guard end >= filled, end <= bytes.count - bodyStart else {
        throw error(.damaged("ends at byte \(end) of \(bytes.count - bodyStart)"))
      }
      guard let type = StoredType(safetensors: entry.dtype) else {
        throw error(.unsupported(found: "the type \(entry.dtype)", expected: "F16, BF16, F32, F64, BOOL or an integer"))
      }
      guard let count = elementCount(ofClaimedShape: entry.shape),
        count.multipliedReportingOverflow(by: type.byteCount) == (end - filled, false)
      else {
        throw error(
          .damaged("the shape \(entry.shape) of \(entry.dtype) does not fill \(counted(end - filled, "byte"))"))
      }
      let scalars = bytes.withUnsafeBytes {
        type.floats(in: UnsafeRawBufferPointer(rebasing: $0[(bodyStart + filled)..<(bodyStart + end)]))
      }
      tensors[name] = Tensor(shape: Shape(entry.shape), scalars: scalars)
      filled = end
    }
    guard filled == bytes.count - bodyStart else {
      throw ModelFileError(
        path: path, place: "tensors",
        problem: .damaged("they fill \(filled) of the \(bytes.count - bodyStart) bytes behind the header"))
    }
  }

  /// The header, and the offset of the first tensor.
  private static func header(of bytes: [UInt8], path: String) throws -> (SafetensorsHeader, bodyStart: Int) {
    func error(_ problem: ModelFileError.Problem) -> ModelFileError {
      ModelFileError(path: path, place: "header", problem: problem)
    }
    guard bytes.count >= 8 else { throw error(.damaged("the file has only \(counted(bytes.count, "byte"))")) }
    let count = bytes.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard count <= SafetensorsHeader.largestByteCount else {
      throw error(.tooLarge(byteCount: count, limit: SafetensorsHeader.largestByteCount))
    }
    let bodyStart = 8 + Int(count)
    guard bodyStart <= bytes.count else {
      throw error(.damaged("it should end at byte \(bodyStart), and the file has \(bytes.count)"))
    }
    guard bytes[8..<bodyStart].first == UInt8(ascii: "{") else {
      throw error(.damaged("it does not begin with {"))
    }
    guard let pairCount = SafetensorsHeader.pairCount(of: bytes[8..<bodyStart]) else {
      throw error(.damaged("it holds something else than names, whole numbers and lists"))
    }
    do {
      let header = try JSONDecoder().decode(SafetensorsHeader.self, from: Data(bytes[8..<bodyStart]))
      // If a name occurs twice, a decoder may use either value.
      guard header.pairCount == pairCount else { throw error(.damaged("two of its names are the same text")) }
      return (header, bodyStart)
    } catch let failure as DecodingError {
      throw error(.damaged(failure.briefly))
    }
  }
}

extension StoredType {
  /// The type that the header of a `.safetensors` file names.
  init?(safetensors name: String) {
    switch name {
    case "F16": self = .float16
    case "BF16": self = .bfloat16
    case "F32": self = .float32
    case "F64": self = .float64
    case "I8": self = .int8
    case "I16": self = .int16
    case "I32": self = .int32
    case "I64": self = .int64
    // Truth values are bytes, 0 and 1.
    case "U8", "BOOL": self = .uint8
    case "U16": self = .uint16
    case "U32": self = .uint32
    case "U64": self = .uint64
    default: return nil
    }
  }
}
