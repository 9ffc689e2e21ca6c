import Serialization
import Tensor

/// A setting of a training that TensorBoard compares between runs, in its page "HParams".
public enum Hyperparameter: Hashable, Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByStringLiteral, ExpressibleByBooleanLiteral
{
  /// A number.
  case number(Double)
  /// A text.
  case text(String)
  /// Yes or no.
  case flag(Bool)

  /// Makes a number.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Makes a number.
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// Makes a text.
  public init(stringLiteral value: String) { self = .text(value) }
  /// Makes a yes or no.
  public init(booleanLiteral value: Bool) { self = .flag(value) }

  /// The value as a `google.protobuf.Value`.
  fileprivate var message: ProtobufMessage {
    ProtobufMessage { message in
      switch self {
      case .number(let value): message.add(2, value)
      case .text(let text): message.add(3, text)
      case .flag(let isTrue): message.add(4, isTrue ? 1 : 0)
      }
    }
  }
}

extension SummaryValue {
  /// The settings of a run that begins.
  ///
  /// Source: TensorBoard's `plugins/hparams/plugin_data.proto`.
  init(_ settings: [String: Hyperparameter], time: Double) {
    let start = ProtobufMessage { start in
      for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
        start.add(
          1,
          ProtobufMessage { entry in
            entry.add(1, name)
            entry.add(2, value.message)
          })
      }
      start.add(5, time)
    }
    self.init("_hparams_/session_start_info", plugin: ProtobufMessage { $0.add(3, start) })
  }

  /// How a run has ended.
  init(endedWell: Bool, time: Double) {
    let end = ProtobufMessage { end in
      end.add(1, endedWell ? 1 : 2)
      end.add(2, time)
    }
    self.init("_hparams_/session_end_info", plugin: ProtobufMessage { $0.add(4, end) })
  }

  private init(_ tag: String, plugin content: ProtobufMessage) {
    self.init(
      ProtobufMessage { value in
        value.add(1, tag)
        // The page expects a tensor, whatever it holds: one `Float`.
        value.add(
          8,
          ProtobufMessage { tensor in
            tensor.add(1, 1)
            tensor.add(2, ProtobufMessage { shape in shape.add(2, ProtobufMessage { $0.add(1, 1) }) })
            tensor.add(5, Float(0))
          })
        value.add(
          9,
          ProtobufMessage { metadata in
            metadata.add(
              1,
              ProtobufMessage { plugin in
                plugin.add(1, "hparams")
                plugin.add(2, content)
              })
          })
      })
  }
}
