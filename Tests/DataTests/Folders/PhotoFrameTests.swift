import Data
import Testing

/// Where the input of a model lies in a photo.
struct PhotoFrameTests {
  @Test func framesFollowTheFraming() {
    let photo = ImageSize(height: 200, width: 400)
    let stretched = Preprocessing(imageSize: 100)
    #expect(stretched.frame(ofPhoto: photo) == PhotoFrame(x: 0, y: 0, width: 400, height: 200))
    let cropped = Preprocessing(imageSize: 100, framing: .cropToFill)
    #expect(cropped.frame(ofPhoto: photo) == PhotoFrame(x: 100, y: 0, width: 200, height: 200))
    let half = Preprocessing(imageSize: 100, framing: .cropToFill, cropShare: 0.5)
    #expect(half.frame(ofPhoto: photo) == PhotoFrame(x: 150, y: 50, width: 100, height: 100))
    // The photo becomes 50 rows in the middle of 100.
    let padded = Preprocessing(imageSize: 100, framing: .padToFit)
    #expect(padded.frame(ofPhoto: photo) == PhotoFrame(x: 0, y: -100, width: 400, height: 400))
    let same = ImageSize(height: 100, width: 100)
    #expect(padded.frame(ofPhoto: same) == PhotoFrame(x: 0, y: 0, width: 100, height: 100))
  }
}
