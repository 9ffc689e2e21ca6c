import CHDF5
import Serialization

/// Reads an HDF5 file held in memory. To be used inside ``withHDF5(_:)``.
///
/// It takes what files of weights are made of: groups, hard links, and datasets of numbers stored in one piece. Links
/// and storage that lead out of the file, filters and chunks are refused, so that a dataset can claim no more memory
/// than the file has bytes for it.
package struct HDF5Reader: ~Copyable {
  private let path: String
  private let byteCount: Int
  private let file: HDF5Handle

  /// The numbers of a dataset in row-major order, and its extents.
  package struct Dataset<Scalar> {
    package let shape: [Int]
    package let scalars: [Scalar]
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: where it came from, named by errors.
  /// - Throws: ``ModelFileError`` if the bytes are no HDF5 file, or one cut short.
  package init(bytes: [UInt8], path: String) throws {
    self.path = path
    byteCount = bytes.count
    var image = bytes
    file = try reporting(path, "HDF5 file") { () throws(HDF5Failure) in
      let access = try HDF5Handle(H5Pcreate(chdf5_file_access()))
      try checked(H5Pset_fapl_core(access.id, 1 << 16, false))
      try checked(H5Pset_file_image(access.id, &image, image.count))
      return try HDF5Handle(H5Fopen(uniqueFileName(), chdf5_read_only(), access.id))
    }
  }

  /// The names of what the group `name` holds, sorted by their bytes.
  ///
  /// - Throws: ``ModelFileError`` if there is no such group, or if it cannot be read.
  package func children(of name: String) throws -> [String] {
    let group = try open(name, kind: H5I_GROUP)
    return try reporting(path, name) { () throws(HDF5Failure) in
      var info = H5G_info_t()
      try checked(H5Gget_info(group.id, &info))
      var names: [String] = []
      for index in 0..<info.nlinks {
        let length = try checked(H5Lget_name_by_idx(group.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, nil, 0, 0))
        var bytes = [CChar](repeating: 0, count: length + 1)
        try checked(
          H5Lget_name_by_idx(group.id, ".", H5_INDEX_NAME, H5_ITER_INC, index, &bytes, bytes.count, 0))
        names.append(String(decoding: bytes.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self))
      }
      return names
    }
  }

  /// The numbers of the dataset `name`, converted to `Scalar`.
  ///
  /// - Parameters:
  ///   - name: the path of the dataset inside the file.
  ///   - scalar: the type to convert to. The file may hold floating-point numbers of 2, 4 or 8 bytes or integers of 1
  ///     to 8, in any byte order.
  /// - Throws: ``ModelFileError`` if there is no such dataset, or if it is not of the supported kind. Its size is
  ///   checked against what the file holds before memory is taken.
  package func dataset<Scalar: HDF5Scalar>(_ name: String, as scalar: Scalar.Type) throws -> Dataset<Scalar> {
    let dataset = try open(name, kind: H5I_DATASET)
    let scalarSize = try scalarSize(of: dataset, name)
    try requireOnePiece(dataset, name)
    let shape = try shape(of: dataset, name)
    let count = try scalarCount(of: shape, name)
    let stored = H5Dget_storage_size(dataset.id)
    let (declared, overflow) = count.multipliedReportingOverflow(by: scalarSize)
    guard !overflow, declared == stored, declared <= byteCount else {
      throw error(name, .damaged("the shape \(shape) does not fit the \(stored) bytes stored"))
    }
    return try reporting(path, name) { () throws(HDF5Failure) in
      var scalars = [Scalar](repeating: 0, count: count)
      if count > 0 { try checked(H5Dread(dataset.id, Scalar.memoryType, 0, 0, 0, &scalars)) }
      return Dataset(shape: shape, scalars: scalars)
    }
  }

  /// Opens what `name` leads to by hard links alone.
  private func open(_ name: String, kind: H5I_type_t) throws -> HDF5Handle {
    var prefix = ""
    for part in name.split(separator: "/") {
      prefix += "/" + part
      let exists = try reporting(path, name) { () throws(HDF5Failure) in try checked(H5Lexists(file.id, prefix, 0)) }
      if exists == 0 { throw error(prefix, .missing) }
      if chdf5_is_hard_link(file.id, prefix) != 1 {
        throw error(prefix, .unsupported(found: "a soft or external link", expected: "a group or dataset"))
      }
    }
    let object = try reporting(path, name) { () throws(HDF5Failure) in try HDF5Handle(H5Oopen(file.id, name, 0)) }
    guard H5Iget_type(object.id) == kind else {
      let expected = kind == H5I_GROUP ? "a group" : "a dataset"
      throw error(name, .mismatch(found: "an object of another kind", expected: expected))
    }
    return object
  }

  /// The bytes of one stored number.
  private func scalarSize(of dataset: borrowing HDF5Handle, _ name: String) throws -> Int {
    let id = dataset.id
    let type = try reporting(path, name) { () throws(HDF5Failure) in try HDF5Handle(H5Dget_type(id)) }
    let size = H5Tget_size(type.id)
    switch H5Tget_class(type.id) {
    case H5T_FLOAT where [2, 4, 8].contains(size): return size
    case H5T_INTEGER where [1, 2, 4, 8].contains(size): return size
    default:
      throw error(
        name, .unsupported(found: "a datatype of \(size) bytes", expected: "floating-point numbers or integers"))
    }
  }

  private func requireOnePiece(_ dataset: borrowing HDF5Handle, _ name: String) throws {
    let id = dataset.id
    let creation = try reporting(path, name) { () throws(HDF5Failure) in
      try HDF5Handle(H5Dget_create_plist(id))
    }
    let layout = H5Pget_layout(creation.id)
    guard layout == H5D_CONTIGUOUS || layout == H5D_COMPACT, H5Pget_external_count(creation.id) == 0 else {
      throw error(
        name, .unsupported(found: "chunked, virtual or external storage", expected: "storage in one piece"))
    }
  }

  private func shape(of dataset: borrowing HDF5Handle, _ name: String) throws -> [Int] {
    let id = dataset.id
    let extents = try reporting(path, name) { () throws(HDF5Failure) in
      let space = try HDF5Handle(H5Dget_space(id))
      let rank = try checked(H5Sget_simple_extent_ndims(space.id))
      var extents = [hsize_t](repeating: 0, count: Int(rank))
      try checked(H5Sget_simple_extent_dims(space.id, &extents, nil))
      return extents
    }
    return try extents.map { extent in
      guard let extent = Int(exactly: extent) else { throw error(name, .damaged("an extent of \(extent)")) }
      return extent
    }
  }

  private func scalarCount(of shape: [Int], _ name: String) throws -> Int {
    try shape.reduce(1) { count, extent in
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      if overflow { throw error(name, .damaged("the shape \(shape)")) }
      return product
    }
  }

  private func error(_ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(path: path, place: place, problem: problem)
  }
}
