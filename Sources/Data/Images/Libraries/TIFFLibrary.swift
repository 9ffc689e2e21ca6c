/// The functions of libtiff that Kilim calls: those of version 4.5 or later, which can limit the memory it takes.
struct TIFFLibrary: @unchecked Sendable {
  typealias Copy = @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int) -> Int
  typealias Seek = @convention(c) (UnsafeMutableRawPointer?, UInt64, Int32) -> UInt64
  typealias Close = @convention(c) (UnsafeMutableRawPointer?) -> Int32
  typealias Size = @convention(c) (UnsafeMutableRawPointer?) -> UInt64
  typealias Map =
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?, UnsafeMutablePointer<UInt64>?
    ) -> Int32
  typealias Unmap = @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UInt64) -> Void

  let makeOptions: @convention(c) () -> UnsafeMutableRawPointer?
  let freeOptions: @convention(c) (UnsafeMutableRawPointer?) -> Void
  let limitMemory: @convention(c) (UnsafeMutableRawPointer?, Int) -> Void
  let handleErrors:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void
  let handleWarnings:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> Void
  let open:
    @convention(c) (
      UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Copy?, Copy?, Seek?, Close?, Size?, Map?,
      Unmap?, UnsafeMutableRawPointer?
    ) -> UnsafeMutableRawPointer?
  let close: @convention(c) (UnsafeMutableRawPointer?) -> Void
  /// `TIFFGetFieldDefaulted`, whose arguments vary.
  let field: UnsafeMutableRawPointer
  let checkReadable: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<CChar>) -> Int32
  let read:
    @convention(c) (UnsafeMutableRawPointer?, UInt32, UInt32, UnsafeMutablePointer<UInt32>?, Int32, Int32) -> Int32

  let readRow: @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UInt32, UInt16) -> Int32
  let rowSize: @convention(c) (UnsafeMutableRawPointer?) -> UInt64
  let isTiled: @convention(c) (UnsafeMutableRawPointer?) -> Int32
  /// `LIBTIFF, Version 4.5.0`.
  let version: String

  static let shared = Result { () throws(ImageRefusal) in try TIFFLibrary() }

  private init() throws(ImageRefusal) {
    let library = try LoadedLibrary(["libtiff.so.6"], for: ImageFormat.tiff.withArticle, package: "libtiff6")
    makeOptions = try library.function("TIFFOpenOptionsAlloc")
    freeOptions = try library.function("TIFFOpenOptionsFree")
    limitMemory = try library.function("TIFFOpenOptionsSetMaxSingleMemAlloc")
    handleErrors = try library.function("TIFFOpenOptionsSetErrorHandlerExtR")
    handleWarnings = try library.function("TIFFOpenOptionsSetWarningHandlerExtR")
    open = try library.function("TIFFClientOpenExt")
    close = try library.function("TIFFClose")
    field = try library.address("TIFFGetFieldDefaulted")
    checkReadable = try library.function("TIFFRGBAImageOK")
    read = try library.function("TIFFReadRGBAImageOriented")
    readRow = try library.function("TIFFReadScanline")
    rowSize = try library.function("TIFFScanlineSize64")
    isTiled = try library.function("TIFFIsTiled")
    let findVersion: @convention(c) () -> UnsafePointer<CChar> = try library.function("TIFFGetVersion")
    version = String(String(cString: findVersion()).prefix { $0 != "\n" })
  }
}
