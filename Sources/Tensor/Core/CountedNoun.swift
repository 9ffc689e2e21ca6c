/// A number with what it counts: "1 epoch", "2 epochs", "2 classes".
///
/// - Parameters:
///   - count: the number.
///   - noun: what is counted, for one.
///   - plural: what is counted, for any other number; `noun` with an s unless given.
package func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
