import CHDF5
import Serialization

/// Builds an HDF5 file in memory. Use it inside ``withHDF5(_:)`` only.
///
/// The file has the oldest format that the library can write, contiguous datasets and no timestamps. So every reader
/// can open it, and the same content always gives the same bytes.
package struct HDF5Writer: ~Copyable {
  private let path: String
  private let file: HDF5Handle

  /// The number of bytes by which the file in memory grows. Each growth copies the whole file.
  private static let increment = 1 << 16

  /// Makes an empty file.
  ///
  /// - Parameters:
  ///   - path: the path of the file to write, for error messages.
  ///   - byteCount: about how many bytes of numbers it will hold.
  package init(path: String, byteCount: Int = 0) throws {
    self.path = path
    file = try reporting(path, "HDF5 file") { () throws(HDF5Failure) in
      let access = try HDF5Handle(H5Pcreate(chdf5_file_access()))
      try checked(H5Pset_fapl_core(access.id, byteCount + Self.increment, false))
      return try HDF5Handle(H5Fcreate(uniqueFileName(), chdf5_truncate(), 0, access.id))
    }
  }

  /// Makes a group, and the groups above it that do not exist yet.
  package func makeGroup(_ name: String) throws {
    try reporting(path, name) { () throws(HDF5Failure) in
      var prefix = ""
      for part in name.split(separator: "/") {
        prefix += "/" + part
        if try checked(H5Lexists(file.id, prefix, 0)) > 0 { continue }
        _ = try HDF5Handle(H5Gcreate2(file.id, prefix, 0, 0, 0))
      }
    }
  }

  /// Writes a dataset into an existing group.
  ///
  /// - Parameters:
  ///   - scalars: the numbers in row-major order.
  ///   - shape: the shape; `[]` is a scalar.
  ///   - name: the path of the dataset inside the file.
  package func write<Scalar: HDF5Scalar>(_ scalars: [Scalar], shape: [Int], as name: String) throws {
    try reporting(path, name) { () throws(HDF5Failure) in
      let extents = shape.map { hsize_t($0) }
      let space = try HDF5Handle(
        shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(extents.count), extents, nil))
      let creation = try HDF5Handle(H5Pcreate(chdf5_dataset_creation()))
      try checked(H5Pset_obj_track_times(creation.id, false))
      let dataset = try HDF5Handle(H5Dcreate2(file.id, name, Scalar.fileType, space.id, 0, creation.id, 0))
      try checked(H5Dwrite(dataset.id, Scalar.memoryType, 0, 0, 0, scalars))
    }
  }

  /// Adds a text attribute to the group or dataset `name`.
  package func setAttribute(_ attribute: String, of name: String, to text: String) throws {
    try reporting(path, "\(name).\(attribute)") { () throws(HDF5Failure) in
      let object = try HDF5Handle(H5Oopen(file.id, name, 0))
      let type = try HDF5Handle(H5Tcopy(chdf5_c_string()))
      try checked(H5Tset_size(type.id, max(text.utf8.count, 1)))
      try checked(H5Tset_cset(type.id, H5T_CSET_UTF8))
      let space = try HDF5Handle(H5Screate(H5S_SCALAR))
      let handle = try HDF5Handle(H5Acreate2(object.id, attribute, type.id, space.id, 0, 0))
      try checked(H5Awrite(handle.id, type.id, Array(text.utf8) + [0]))
    }
  }

  /// The bytes of the file.
  package func bytes() throws -> [UInt8] {
    try reporting(path, "HDF5 file") { () throws(HDF5Failure) in
      try checked(H5Fflush(file.id, H5F_SCOPE_LOCAL))
      let byteCount = try checked(H5Fget_file_image(file.id, nil, 0))
      var bytes = [UInt8](repeating: 0, count: byteCount)
      try checked(H5Fget_file_image(file.id, &bytes, byteCount))
      return bytes
    }
  }
}
