/// Where the photos of an ``ImageFolder`` wait between the epochs, decoded and resized or not.
///
/// What a training sees is the same to the bit in each case.
public enum PhotoStorage: Hashable, Sendable {
  /// In memory when all photos fit into `budget` bytes, otherwise streamed. A photo takes `height * width * 3` bytes.
  case automatic(budget: Int)
  /// In memory: decoded once, `height * width * 3` bytes a photo.
  case memory
  /// On disk as they are: decoded anew in each epoch, in constant memory.
  case streamed
  /// In a cache file at this path: decoded once, read in each epoch, in constant memory.
  ///
  /// The file is written when it is missing, damaged, or made of other photos: it holds a checksum over the paths, sizes
  /// and modification times of the sources and over the preprocessing, and one over the bytes of each photo. It takes
  /// `height * width * 3` bytes a photo and appears whole or not at all.
  case cache(path: String)

  /// In memory up to 2 GiB, which are 174,762 photos of 64 × 64 pixels or 14,266 of 224 × 224; otherwise streamed.
  public static let automatic = PhotoStorage.automatic(budget: 2 << 30)
}
