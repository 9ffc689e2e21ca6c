/// A number of bytes for people: `1.5 GB`.
package func byteText(_ count: Int) -> String {
  count == .max ? "more bytes than can be counted" : byteText(Double(count))
}

/// A number of bytes for people, also one that is larger than any `Int`.
package func byteText(_ count: Double) -> String {
  let units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"]
  var (value, unit) = (count, 0)
  while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
  return unit == 0 ? counted(Int(value), "byte") : "\((value * 10).rounded() / 10) \(units[unit])"
}
