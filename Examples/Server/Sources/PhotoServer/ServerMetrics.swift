import Synchronization

/// Counts what the server does, for Prometheus (text format 0.0.4).
final class ServerMetrics: Sendable {
  private struct Counts {
    var requests: [Key: Int] = [:]
    var durations = Histogram(bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
    var batches = Histogram(bounds: [1, 2, 4, 8, 16, 32, 64])
    var photos: [String: Int] = [:]
  }

  private struct Key: Hashable {
    let path: String
    let status: Int
  }

  private struct Histogram {
    let bounds: [Double]
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
      self.bounds = bounds
      counts = Array(repeating: 0, count: bounds.count + 1)
    }

    mutating func add(_ value: Double) {
      counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
      sum += value
    }

    func lines(_ name: String) -> [String] {
      var total = 0
      var lines: [String] = []
      for (bound, count) in zip(bounds.map { "\($0)" } + ["+Inf"], counts) {
        total += count
        lines.append("\(name)_bucket{le=\"\(bound)\"} \(total)")
      }
      return lines + ["\(name)_sum \(sum)", "\(name)_count \(total)"]
    }
  }

  private let counts = Mutex(Counts())

  /// Counts a request. `path` is one of the server's own, not what the client wrote, which would have no bound.
  func countRequest(_ path: String, status: Int, seconds: Double) {
    counts.withLock { counts in
      counts.requests[Key(path: path, status: status), default: 0] += 1
      counts.durations.add(seconds)
    }
  }

  /// Counts a photo that was answered or, with its `outcome`, was not.
  func countPhoto(_ outcome: String) {
    counts.withLock { $0.photos[outcome, default: 0] += 1 }
  }

  /// Counts a batch that the model computes.
  func countBatch(of photos: Int) {
    counts.withLock { $0.batches.add(Double(photos)) }
  }

  /// All counts, and some that are measured now.
  func text(waiting: Int, heldBytes: Int) -> String {
    let counts = counts.withLock { $0 }
    func family(_ name: String, _ type: String, _ help: String, _ lines: [String]) -> [String] {
      ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"] + lines
    }
    let requests = counts.requests.sorted { ($0.key.path, $0.key.status) < ($1.key.path, $1.key.status) }.map {
      "divar_requests_total{path=\"\($0.key.path)\",status=\"\($0.key.status)\"} \($0.value)"
    }
    let photos = counts.photos.sorted { $0.key < $1.key }.map {
      "divar_photos_total{outcome=\"\($0.key)\"} \($0.value)"
    }
    let lines =
      family("divar_requests_total", "counter", "Requests by path and status.", requests)
      + family(
        "divar_request_seconds", "histogram", "Time from the head of a request to its answer.",
        counts.durations.lines("divar_request_seconds"))
      + family("divar_photos_total", "counter", "Photos by outcome.", photos)
      + family(
        "divar_batch_photos", "histogram", "Photos that the model computes together.",
        counts.batches.lines("divar_batch_photos"))
      + family("divar_waiting_photos", "gauge", "Photos that wait for an answer.", ["divar_waiting_photos \(waiting)"])
      + family("divar_held_bytes", "gauge", "Bytes of bodies in memory.", ["divar_held_bytes \(heldBytes)"])
    return lines.joined(separator: "\n") + "\n"
  }
}
