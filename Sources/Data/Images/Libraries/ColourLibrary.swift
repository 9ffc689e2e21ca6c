/// The functions of Little CMS that Kilim calls.
struct ColourLibrary: Sendable {
  typealias Log = @convention(c) (OpaquePointer?, UInt32, UnsafePointer<CChar>?) -> Void

  let makeContext: @convention(c) (UnsafeRawPointer?, UnsafeRawPointer?) -> OpaquePointer?
  let freeContext: @convention(c) (OpaquePointer?) -> Void
  let logErrors: @convention(c) (OpaquePointer?, Log?) -> Void
  let open: @convention(c) (OpaquePointer?, UnsafeRawPointer?, UInt32) -> OpaquePointer?
  let makeSRGB: @convention(c) (OpaquePointer?) -> OpaquePointer?
  let makeLab: @convention(c) (OpaquePointer?, UnsafeRawPointer?) -> OpaquePointer?
  let close: @convention(c) (OpaquePointer?) -> Int32
  let colourSpace: @convention(c) (OpaquePointer?) -> UInt32
  let makeTransform:
    @convention(c) (OpaquePointer?, OpaquePointer?, UInt32, OpaquePointer?, UInt32, UInt32, UInt32) -> OpaquePointer?
  let freeTransform: @convention(c) (OpaquePointer?) -> Void
  let transform: @convention(c) (OpaquePointer?, UnsafeRawPointer?, UnsafeMutableRawPointer?, UInt32) -> Void

  /// 2140 for 2.14.
  let version: Int32

  static let shared = Result { () throws(ImageRefusal) in try ColourLibrary() }

  private init() throws(ImageRefusal) {
    let library = try LoadedLibrary(
      ["liblcms2.so.2"], for: "an image with a colour profile to convert", package: "liblcms2-2")
    makeContext = try library.function("cmsCreateContext")
    freeContext = try library.function("cmsDeleteContext")
    logErrors = try library.function("cmsSetLogErrorHandlerTHR")
    open = try library.function("cmsOpenProfileFromMemTHR")
    makeSRGB = try library.function("cmsCreate_sRGBProfileTHR")
    makeLab = try library.function("cmsCreateLab2ProfileTHR")
    close = try library.function("cmsCloseProfile")
    colourSpace = try library.function("cmsGetColorSpace")
    makeTransform = try library.function("cmsCreateTransformTHR")
    freeTransform = try library.function("cmsDeleteTransform")
    transform = try library.function("cmsDoTransform")
    let findVersion: @convention(c) () -> Int32 = try library.function("cmsGetEncodedCMMversion")
    version = findVersion()
  }
}
