import Glibc

/// The functions and values of the library of MPI that is on the machine, loaded when the program runs.
///
/// So neither a program nor its build needs MPI to train on one machine. Open MPI and MPICH differ in what stands for a
/// communicator, a type or an operation: addresses in the one, numbers in the other. Both fit into a `UInt`, which the calling
/// conventions of x86-64 and ARM pass like either of them.
struct MPILibrary: @unchecked Sendable {
  typealias Handle = UInt
  typealias Status = Int32

  /// What the library calls its values.
  struct Values: Sendable {
    let world, float, double, int32, uint8: Handle
    let sum, max, min: Handle
    let errorsReturn: Handle
    /// The address that stands for a send buffer that is the receive buffer.
    let inPlace: UInt
    /// What stands for any rank as a source.
    let anySource: Int32
  }

  let path: String
  let values: Values

  let initThread:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int32, UnsafeMutablePointer<Int32>) -> Status
  let finalize: @convention(c) () -> Status
  let abort: @convention(c) (Handle, Int32) -> Status
  let rank: @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Status
  let size: @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Status
  let duplicate: @convention(c) (Handle, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Status
  let setErrorHandler: @convention(c) (Handle, Handle) -> Status
  let errorText: @convention(c) (Status, UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int32>) -> Status
  let cancel: @convention(c) (UnsafeMutableRawPointer) -> Status
  let test: @convention(c) (UnsafeMutableRawPointer, UnsafeMutablePointer<Int32>, UnsafeMutableRawPointer) -> Status
  let barrier: @convention(c) (Handle, UnsafeMutableRawPointer) -> Status
  let broadcast:
    @convention(c) (UnsafeMutableRawPointer?, Int32, Handle, Int32, Handle, UnsafeMutableRawPointer) -> Status
  let allReduce:
    @convention(c) (
      UnsafeRawPointer?, UnsafeMutableRawPointer?, Int32, Handle, Handle, Handle, UnsafeMutableRawPointer
    ) -> Status
  let allGather:
    @convention(c) (
      UnsafeRawPointer?, Int32, Handle, UnsafeMutableRawPointer?, UnsafePointer<Int32>, UnsafePointer<Int32>, Handle,
      Handle,
      UnsafeMutableRawPointer
    ) -> Status
  let send: @convention(c) (UnsafeRawPointer?, Int32, Handle, Int32, Int32, Handle, UnsafeMutableRawPointer) -> Status
  let receive:
    @convention(c) (UnsafeMutableRawPointer?, Int32, Handle, Int32, Int32, Handle, UnsafeMutableRawPointer) -> Status

  /// The names that the libraries have on Linux: Open MPI 4 and 5, MPICH 3 and 4.
  private static let names = ["libmpi.so.40", "libmpich.so.12", "libmpi.so.12", "libmpi.so"]

  /// Loads the first of the usual names that there is, or what the environment variable `KILIM_MPI` names.
  ///
  /// - Throws: ``DistributedError/noLibrary(tried:reason:)`` or ``DistributedError/otherLibrary(path:missing:)``.
  init() throws(DistributedError) {
    let names = getenv("KILIM_MPI").map { [String(cString: $0)] } ?? Self.names
    var reason = ""
    var found: (path: String, handle: UnsafeMutableRawPointer)?
    for name in names where found == nil {
      // Open MPI loads further parts of itself, which need the symbols of this one.
      if let handle = dlopen(name, RTLD_NOW | RTLD_GLOBAL) {
        found = (name, handle)
      } else if reason.isEmpty {
        reason = dlerror().map { String(cString: $0) } ?? ""
      }
    }
    guard let found else { throw .noLibrary(tried: names, reason: reason) }
    self = try Self(found.path, found.handle)
  }

  private init(_ path: String, _ handle: UnsafeMutableRawPointer) throws(DistributedError) {
    func symbol(_ name: String) throws(DistributedError) -> UnsafeMutableRawPointer {
      guard let address = dlsym(handle, name) else { throw .otherLibrary(path: path, missing: name) }
      return address
    }
    func function<Function>(_ name: String, _ type: Function.Type = Function.self) throws(DistributedError) -> Function
    {
      unsafeBitCast(try symbol(name), to: type)
    }
    self.path = path
    values = try dlsym(handle, "ompi_mpi_comm_world") == nil ? Self.valuesOfMPICH : Self.valuesOfOpenMPI(symbol)
    initThread = try function("MPI_Init_thread")
    finalize = try function("MPI_Finalize")
    abort = try function("MPI_Abort")
    rank = try function("MPI_Comm_rank")
    size = try function("MPI_Comm_size")
    duplicate = try function("MPI_Comm_idup")
    setErrorHandler = try function("MPI_Comm_set_errhandler")
    errorText = try function("MPI_Error_string")
    cancel = try function("MPI_Cancel")
    test = try function("MPI_Test")
    barrier = try function("MPI_Ibarrier")
    broadcast = try function("MPI_Ibcast")
    allReduce = try function("MPI_Iallreduce")
    allGather = try function("MPI_Iallgatherv")
    send = try function("MPI_Isend")
    receive = try function("MPI_Irecv")
  }

  /// Open MPI's values are the addresses of its objects (`mpi.h` of version 4).
  private static func valuesOfOpenMPI(
    _ symbol: (String) throws(DistributedError) -> UnsafeMutableRawPointer
  ) throws(DistributedError) -> Values {
    func handle(_ name: String) throws(DistributedError) -> Handle { Handle(bitPattern: try symbol(name)) }
    return Values(
      world: try handle("ompi_mpi_comm_world"), float: try handle("ompi_mpi_float"),
      double: try handle("ompi_mpi_double"), int32: try handle("ompi_mpi_int32_t"),
      uint8: try handle("ompi_mpi_uint8_t"), sum: try handle("ompi_mpi_op_sum"), max: try handle("ompi_mpi_op_max"),
      min: try handle("ompi_mpi_op_min"), errorsReturn: try handle("ompi_mpi_errors_return"),
      inPlace: 1, anySource: -1)
  }

  /// MPICH's values are numbers, which its binary interface fixes (`mpi.h` of the MPICH ABI initiative).
  private static let valuesOfMPICH = Values(
    world: 0x4400_0000, float: 0x4c00_040a, double: 0x4c00_080b, int32: 0x4c00_0439, uint8: 0x4c00_013b,
    sum: 0x5800_0003, max: 0x5800_0001, min: 0x5800_0002, errorsReturn: 0x5400_0001,
    inPlace: .max, anySource: -2)
}
