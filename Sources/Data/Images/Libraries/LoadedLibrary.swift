import Glibc

/// A system library that is loaded when the first file needs it. So neither a build nor a program needs the libraries of
/// formats that it never meets.
package struct LoadedLibrary: @unchecked Sendable {
  private let name: String
  private let handle: UnsafeMutableRawPointer
  private let refusal: @Sendable (_ reason: String) -> ImageRefusal

  /// Loads the first of some libraries that there is.
  ///
  /// - Parameters:
  ///   - names: the file names of the versions whose functions are known.
  ///   - content: what the library is needed for, with an article: `a TIFF image`.
  ///   - package: what to install on Debian and Ubuntu.
  /// - Throws: ``ImageRefusal`` if there is none.
  package init(_ names: [String], for content: String, package: String) throws(ImageRefusal) {
    refusal = { reason in
      ImageRefusal(
        found: content,
        expected: "the library that reads it (\(reason)). On Debian and Ubuntu: apt-get install \(package)")
    }
    var reason = ""
    for name in names {
      if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
        (self.name, self.handle) = (name, handle)
        return
      }
      if reason.isEmpty { reason = dlerror().map { String(cString: $0) } ?? name }
    }
    throw refusal(reason)
  }

  /// A function of the library.
  ///
  /// - Throws: ``ImageRefusal`` if it has none of this name.
  package func function<Function>(
    _ symbol: String, as type: Function.Type = Function.self
  ) throws(ImageRefusal) -> Function {
    unsafeBitCast(try address(symbol), to: type)
  }

  /// The address of a function that Swift cannot call.
  ///
  /// - Throws: ``ImageRefusal`` if there is none of this name.
  func address(_ symbol: String) throws(ImageRefusal) -> UnsafeMutableRawPointer {
    guard let address = dlsym(handle, symbol) else { throw refusal("\(name) has no \(symbol)") }
    return address
  }

  /// A function that only some versions have.
  func optionalFunction<Function>(_ symbol: String, as type: Function.Type = Function.self) -> Function? {
    dlsym(handle, symbol).map { unsafeBitCast($0, to: type) }
  }
}
