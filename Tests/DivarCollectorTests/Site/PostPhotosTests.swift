import DivarCollector
import Testing

@Suite struct PostPhotosTests {
  private func carousel(_ addresses: JSONValue...) -> JSONValue {
    ["widget_type": "IMAGE_CAROUSEL", "data": ["items": .array(addresses.map { ["image": ["url": $0]] })]]
  }

  @Test func currentAnswer() throws {
    let answer: JSONValue = [
      "sections": [
        ["section_name": "NEW"], "text", ["section_name": "TITLE", "widgets": [["widget_type": "X", "data": 3]]],
        ["section_name": "IMAGE", "widgets": [carousel("a.webp", "b.webp", "a.webp", .null, "")]],
        [
          "section_name": "MORE",
          "widgets": [["data": ["items": [["video_url": "v.mp4"], ["image": ["url": "c.webp"]]]]]],
        ],
      ]
    ]
    #expect(PostPhotos(current: answer)?.addresses == ["a.webp", "b.webp", "c.webp"])
    #expect(PostPhotos(current: ["sections": []])?.addresses == [])
    #expect(PostPhotos(current: ["message": "no"]) == nil)
  }

  @Test func oldAnswer() {
    #expect(PostPhotos(old: ["widgets": ["images": ["a.jpg", "b.jpg", 7]]])?.addresses == ["a.jpg", "b.jpg"])
    #expect(PostPhotos(old: ["widgets": ["header": [:]]])?.addresses == [])
    #expect(PostPhotos(old: ["widgets": [:]]) == nil)
  }

  @Test func stateOfAPageOfThisPostAlone() {
    let state: JSONValue = [
      "currentPost": [
        "post": ["token": "gaXy12_-", "sections": ["IMAGE": [["widgetType": "X", "dto": carousel("a.webp")]]]]
      ]
    ]
    #expect(PostPhotos(state: state, token: "gaXy12_-")?.addresses == ["a.webp"])
    #expect(PostPhotos(state: state, token: "another1") == nil)
  }
}
