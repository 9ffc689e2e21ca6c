import CPictures

/// The functions of libheif that Kilim calls, which also reads AVIF.
struct HEIFLibrary: Sendable {
  let makeContext: @convention(c) () -> OpaquePointer?
  let freeContext: @convention(c) (OpaquePointer?) -> Void
  let read: @convention(c) (OpaquePointer?, UnsafeRawPointer?, Int, UnsafeRawPointer?) -> kilim_heif_error
  let limitSides: @convention(c) (OpaquePointer?, Int32) -> Void
  let limitThreads: @convention(c) (OpaquePointer?, Int32) -> Void
  /// From version 1.19.
  let limits: (@convention(c) (OpaquePointer?) -> UnsafeMutablePointer<kilim_heif_limits>?)?
  let primary: @convention(c) (OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>) -> kilim_heif_error
  let freeHandle: @convention(c) (OpaquePointer?) -> Void
  let handleWidth: @convention(c) (OpaquePointer?) -> Int32
  let handleHeight: @convention(c) (OpaquePointer?) -> Int32
  let bits: @convention(c) (OpaquePointer?) -> Int32
  let hasOpacity: @convention(c) (OpaquePointer?) -> Int32
  let isPremultiplied: @convention(c) (OpaquePointer?) -> Int32
  let profileSize: @convention(c) (OpaquePointer?) -> Int
  let profile: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> kilim_heif_error
  let decode:
    @convention(c) (OpaquePointer?, UnsafeMutablePointer<OpaquePointer?>, Int32, Int32, UnsafeRawPointer?) ->
      kilim_heif_error
  let freeImage: @convention(c) (OpaquePointer?) -> Void
  let width: @convention(c) (OpaquePointer?, Int32) -> Int32
  let height: @convention(c) (OpaquePointer?, Int32) -> Int32
  let plane: @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<Int32>) -> UnsafePointer<UInt8>?

  /// `1.15.1`.
  let version: String

  static let shared = Result { () throws(ImageRefusal) in try HEIFLibrary() }

  private init() throws(ImageRefusal) {
    let library = try LoadedLibrary(
      ["libheif.so.1"], for: "an AVIF or a HEIC image", package: "libheif1")
    makeContext = try library.function("heif_context_alloc")
    freeContext = try library.function("heif_context_free")
    read = try library.function("heif_context_read_from_memory_without_copy")
    limitSides = try library.function("heif_context_set_maximum_image_size_limit")
    limitThreads = try library.function("heif_context_set_max_decoding_threads")
    limits = library.optionalFunction("heif_context_get_security_limits")
    primary = try library.function("heif_context_get_primary_image_handle")
    freeHandle = try library.function("heif_image_handle_release")
    handleWidth = try library.function("heif_image_handle_get_width")
    handleHeight = try library.function("heif_image_handle_get_height")
    bits = try library.function("heif_image_handle_get_luma_bits_per_pixel")
    hasOpacity = try library.function("heif_image_handle_has_alpha_channel")
    isPremultiplied = try library.function("heif_image_handle_is_premultiplied_alpha")
    profileSize = try library.function("heif_image_handle_get_raw_color_profile_size")
    profile = try library.function("heif_image_handle_get_raw_color_profile")
    decode = try library.function("heif_decode_image")
    freeImage = try library.function("heif_image_release")
    width = try library.function("heif_image_get_width")
    height = try library.function("heif_image_get_height")
    plane = try library.function("heif_image_get_plane_readonly")
    let findVersion: @convention(c) () -> UnsafePointer<CChar> = try library.function("heif_get_version")
    version = String(cString: findVersion())
  }
}
