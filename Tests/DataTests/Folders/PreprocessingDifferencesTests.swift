import Data
import Testing

@Suite struct PreprocessingDifferencesTests {
  @Test func nameThePartAndBothValues() {
    let own = Preprocessing(imageSize: 64)
    #expect(own.differences(from: own).isEmpty)
    #expect(own.differences(from: Preprocessing(imageSize: 64, colours: .bgr)) == ["colours: rgb and bgr"])
    let other = Preprocessing(
      imageSize: ImageSize(height: 32, width: 48), resize: .bilinear, framing: .padToFit, colours: .bgr, scale: 1,
      normalization: .imageNet, background: .black, exact: true)
    #expect(
      own.differences(from: other) == [
        "image size: 64 x 64 and 32 x 48", "resize: bilinearAntialiased and bilinear",
        "framing: stretch and padToFit", "colours: rgb and bgr", "scale: 1/255 and 1.0",
        "normalization: none and mean [0.485, 0.456, 0.406], deviation [0.229, 0.224, 0.225]",
        "background: #ffffff and #000000", "exact decoding: no and yes",
      ])
  }
}
