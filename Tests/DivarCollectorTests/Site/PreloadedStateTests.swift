import DivarCollector
import Testing

@Suite struct PreloadedStateTests {
  private func state(_ html: String) -> JSONValue? { preloadedState(inHTML: Array(html.utf8)) }

  @Test(arguments: [
    "<script>window.__PRELOADED_STATE__ = {\"a\": 1};</script>",
    "<script>window.__PRELOADED_STATE__={\"a\":1};</script>",
    "window.__PRELOADED_STATE__\n=\n  {\"a\":1}",
    "if(window.__PRELOADED_STATE__){}window.__PRELOADED_STATE__={\"a\":1};}",
  ])
  func isFound(_ html: String) {
    #expect(state(html) == ["a": 1])
  }

  @Test func bracesInTextsDoNotCount() {
    #expect(state(#"__PRELOADED_STATE__={"a":"}\"}\\","b":{"c":"{"}};{"#) == ["a": "}\"}\\", "b": ["c": "{"]])
  }

  @Test(arguments: [
    "", "<html></html>", "window.__PRELOADED_STATE__", "__PRELOADED_STATE__ = null;", "__PRELOADED_STATE__={\"a\":",
    "__PRELOADED_STATE__={a:1}", "__PRELOADED_STATE__={\"a\":\"",
  ])
  func isMissing(_ html: String) {
    #expect(state(html) == nil)
  }
}
