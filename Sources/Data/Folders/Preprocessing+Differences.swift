extension Preprocessing {
  /// What differs between two preprocessings, one line for each part: `colours: rgb and bgr`.
  ///
  /// - Parameter other: the preprocessing to compare with; its parts are named second.
  /// - Returns: an empty list when both make the same input of every photo.
  public func differences(from other: Preprocessing) -> [String] {
    func difference<Part: Equatable>(_ name: String, _ part: KeyPath<Preprocessing, Part>, _ text: (Part) -> String)
      -> String?
    {
      let (own, others) = (self[keyPath: part], other[keyPath: part])
      return own == others ? nil : "\(name): \(text(own)) and \(text(others))"
    }
    return [
      difference("image size", \.imageSize, \.description),
      difference("resize", \.resize, \.rawValue),
      difference("framing", \.framing, \.rawValue),
      difference("share to crop to", \.cropShare, \.description),
      difference("colours", \.colours, \.rawValue),
      difference("scale", \.scale) { $0 == 1 / 255 ? "1/255" : "\($0)" },
      difference("normalization", \.normalization) {
        $0.map { "mean \($0.mean), deviation \($0.deviation)" } ?? "none"
      },
      difference("colour profiles", \.profiles, \.rawValue),
      difference("background", \.background, \.description),
      difference("exact decoding", \.exact) { $0 ? "yes" : "no" },
    ].compactMap(\.self)
  }
}
