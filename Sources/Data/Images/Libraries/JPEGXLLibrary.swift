import CPictures

/// The functions of libjxl that Kilim calls.
struct JPEGXLLibrary: Sendable {
  private typealias OldProfileSize =
    @convention(c) (OpaquePointer?, UnsafeRawPointer?, Int32, UnsafeMutablePointer<Int>) -> Int32
  private typealias OldProfile =
    @convention(c) (OpaquePointer?, UnsafeRawPointer?, Int32, UnsafeMutablePointer<UInt8>?, Int) -> Int32
  private typealias ProfileSize = @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<Int>) -> Int32
  private typealias Profile = @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<UInt8>?, Int) -> Int32

  let make: @convention(c) (UnsafeRawPointer?) -> OpaquePointer?
  let free: @convention(c) (OpaquePointer?) -> Void
  let subscribe: @convention(c) (OpaquePointer?, Int32) -> Int32
  let setInput: @convention(c) (OpaquePointer?, UnsafePointer<UInt8>?, Int) -> Int32
  let closeInput: @convention(c) (OpaquePointer?) -> Void
  let process: @convention(c) (OpaquePointer?) -> Int32
  let info: @convention(c) (OpaquePointer?, UnsafeMutablePointer<kilim_jxl_info>) -> Int32
  let outputSize: @convention(c) (OpaquePointer?, UnsafePointer<kilim_jxl_format>, UnsafeMutablePointer<Int>) -> Int32
  let setOutput:
    @convention(c) (OpaquePointer?, UnsafePointer<kilim_jxl_format>, UnsafeMutableRawPointer?, Int) -> Int32
  let flush: @convention(c) (OpaquePointer?) -> Int32
  /// The version of libjxl: 7000 for 0.7.0.
  let version: UInt32
  /// Sets the colours of the decoded pixels.
  let setColours: @convention(c) (OpaquePointer?, UnsafePointer<kilim_jxl_colours>) -> Int32
  let profile: @Sendable (OpaquePointer?, ProfileTarget) -> [UInt8]?

  /// Whose profile: the numbers of `JxlColorProfileTarget`.
  enum ProfileTarget: Int32 {
    case original = 0
    case decodedPixels = 1
  }

  static let shared = Result { () throws(ImageRefusal) in try JPEGXLLibrary() }

  private init() throws(ImageRefusal) {
    let names = (7...11).reversed().map { "libjxl.so.0.\($0)" }
    let library = try LoadedLibrary(names, for: ImageFormat.jpegXL.withArticle, package: "'^libjxl0'")
    make = try library.function("JxlDecoderCreate")
    free = try library.function("JxlDecoderDestroy")
    subscribe = try library.function("JxlDecoderSubscribeEvents")
    setInput = try library.function("JxlDecoderSetInput")
    closeInput = try library.function("JxlDecoderCloseInput")
    process = try library.function("JxlDecoderProcessInput")
    info = try library.function("JxlDecoderGetBasicInfo")
    outputSize = try library.function("JxlDecoderImageOutBufferSize")
    setOutput = try library.function("JxlDecoderSetImageOutBuffer")
    flush = try library.function("JxlDecoderFlushImage")
    setColours = try library.function("JxlDecoderSetPreferredColorProfile")
    let findVersion: @convention(c) () -> UInt32 = try library.function("JxlDecoderVersion")
    version = findVersion()
    let (sizeName, name) = ("JxlDecoderGetICCProfileSize", "JxlDecoderGetColorAsICCProfile")
    // Version 0.9 took away a parameter that was not used.
    if version < 9000 {
      let size: OldProfileSize = try library.function(sizeName)
      let content: OldProfile = try library.function(name)
      profile = { decoder, target in
        Self.bytes({ size(decoder, nil, target.rawValue, $0) }, { content(decoder, nil, target.rawValue, $0, $1) })
      }
    } else {
      let size: ProfileSize = try library.function(sizeName)
      let content: Profile = try library.function(name)
      profile = { decoder, target in
        Self.bytes({ size(decoder, target.rawValue, $0) }, { content(decoder, target.rawValue, $0, $1) })
      }
    }
  }

  private static func bytes(
    _ size: (UnsafeMutablePointer<Int>) -> Int32, _ content: (UnsafeMutablePointer<UInt8>?, Int) -> Int32
  ) -> [UInt8]? {
    var count = 0
    guard size(&count) == 0, (1...ColourProfile.largest).contains(count) else { return nil }
    var profile = [UInt8](repeating: 0, count: count)
    return content(&profile, count) == 0 ? profile : nil
  }
}
