/// The order in which Keras lists the layers of a graph and runs its calls, as `map_graph` of Keras 3 and of tf.keras finds
/// it. The names under which variables are kept count layers in this order.
///
/// Layers come by their depth, the most calls between them and an output first; those of one depth as a search from the
/// outputs meets them.
struct KerasOrder {
  /// The layers in Keras's order.
  private(set) var layers: [Int] = []
  /// The calls in an order that can run; layers are first called in the order of ``layers``.
  private(set) var calls: [Int] = []

  /// Why a graph has no order.
  enum Failure: Error {
    /// The call needs its own result.
    case circle(call: Int)
    /// No output needs the call.
    case unused(call: Int)
  }

  /// Finds the order.
  ///
  /// - Parameters:
  ///   - layerOfCall: the layer of each call.
  ///   - sources: the calls whose results each call takes.
  ///   - outputs: the calls that make the outputs.
  init(layerOfCall: [Int], sources: [[Int]], outputs: [Int]) throws(Failure) {
    var firstVisit: [Int: Int] = [:]
    let finished = try Self.searched(layerOfCall, sources, outputs, &firstVisit)
    if finished.count < layerOfCall.count {
      let reached = Set(finished)
      if let call = layerOfCall.indices.first(where: { !reached.contains($0) }) { throw .unused(call: call) }
    }
    var depths = [Int](repeating: 0, count: layerOfCall.count)
    var layerDepths: [Int: Int] = [:]
    for call in finished.reversed() {
      let depth = max(depths[call], layerDepths[layerOfCall[call]] ?? 0)
      layerDepths[layerOfCall[call]] = depth
      depths[call] = depth
      for source in sources[call] { depths[source] = max(depths[source], depth + 1) }
    }
    func place(_ layer: Int) -> (Int, Int) { (-(layerDepths[layer] ?? 0), firstVisit[layer] ?? 0) }
    layers = layerDepths.keys.sorted { place($0) < place($1) }
    calls = finished.sorted {
      let (a, b) = (layerOfCall[$0], layerOfCall[$1])
      return (-depths[$0], firstVisit[a] ?? 0, $0) < (-depths[$1], firstVisit[b] ?? 0, $1)
    }
  }

  /// The calls that the outputs need, each behind those whose results it takes.
  private static func searched(
    _ layerOfCall: [Int], _ sources: [[Int]], _ outputs: [Int], _ firstVisit: inout [Int: Int]
  ) throws(Failure) -> [Int] {
    enum State { case new, begun, finished }
    var states = [State](repeating: .new, count: layerOfCall.count)
    var finished: [Int] = []
    // A list in place of recursion: a file decides how deep the graph is.
    var path: [(call: Int, next: Int)] = []
    func enter(_ call: Int) {
      states[call] = .begun
      if firstVisit[layerOfCall[call]] == nil { firstVisit[layerOfCall[call]] = firstVisit.count }
      path.append((call, 0))
    }
    for output in outputs where states[output] == .new {
      enter(output)
      while let (call, next) = path.last {
        guard next < sources[call].count else {
          states[call] = .finished
          finished.append(call)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let source = sources[call][next]
        switch states[source] {
        case .new: enter(source)
        case .begun: throw .circle(call: source)
        case .finished: break
        }
      }
    }
    return finished
  }
}
