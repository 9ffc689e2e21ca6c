/// What to do with the colour profile (ICC) of a picture.
public enum ProfilePolicy: String, Hashable, Codable, Sendable, CaseIterable {
  /// The numbers in the file are used as they are, as OpenCV, Pillow, Keras and PyTorch do. Pretrained networks have seen photos
  /// in this way.
  case ignoring
  /// The colours are converted to sRGB, as browsers do, if the file has another profile: Display P3 of phones, Adobe RGB and
  /// ProPhoto of cameras, gray, CMYK. A file without a profile, with that of sRGB, or with one that is damaged or belongs to
  /// other samples is not changed.
  case converting
}
