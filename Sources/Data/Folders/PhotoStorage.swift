/// Where the photos of an ``ImageFolder`` are kept between the epochs.
///
/// The batches are bit-identical in each case.
public enum PhotoStorage: Hashable, Sendable {
  /// In memory if all photos fit into `budget` bytes and into the available memory, otherwise streamed. A photo takes
  /// `height * width * 3` bytes.
  case automatic(budget: Int)
  /// In memory: decoded once, `height * width * 3` bytes a photo.
  case memory
  /// In their files: decoded again in each epoch, in constant memory.
  case streamed
  /// In a cache file at this path: decoded once, read in each epoch, in constant memory.
  ///
  /// The file is written if it is missing, damaged, or made from other photos. It holds a checksum of the paths, sizes and
  /// modification times of the sources and of the preprocessing, and one of the bytes of each photo. It takes
  /// `height * width * 3` bytes a photo and appears whole or not at all. A file that is not such a cache is never replaced.
  case cache(path: String)

  /// In memory up to 2 GiB, which are 174,762 photos of 64 × 64 pixels or 14,266 of 224 × 224; otherwise streamed.
  public static let automatic = PhotoStorage.automatic(budget: 2 << 30)
}
