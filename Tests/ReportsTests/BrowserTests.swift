import Foundation
import TestSupport
import Testing

@testable import Reports

/// The page in a headless Chromium: it renders, fetches nothing, and reports no error.
struct BrowserTests {
  static let browser = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"].map {
    "/usr/bin/\($0)"
  }
  .first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(.enabled(if: browser != nil, "Chromium is missing; make test installs it on Debian"))
  func thePageWorks() throws {
    let folder = try TemporaryFolder()
    let reports = [try sampleReport("first <b>", classes: ["cat", "<i>dog</i>", "eel"]), try sampleReport("second")]
    // The page tells in its title what a reader finds.
    let probe = """
      <script nonce="NONCE">
      const svg = document.querySelector("svg[data-count]");
      svg.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
      const reading = document.querySelector(".reading").textContent;
      const sortable = document.querySelector("table.sortable"), first = () => sortable.tBodies[0].rows[0].cells[0].textContent;
      const before = first();
      sortable.querySelector("button").click();
      sortable.querySelector("button").click();
      document.title = JSON.stringify({ reading, before, after: first(), pictures: [...document.images].filter(i => i.complete && i.naturalWidth === 8).length,
        names: document.querySelectorAll("b, i").length, sections: document.querySelectorAll("main > section[aria-labelledby]").length,
        unnamed: [...document.querySelectorAll("svg:not([aria-hidden])")].filter(s => !s.getAttribute("aria-labelledby") && !s.getAttribute("aria-label")).length,
        captions: [...document.querySelectorAll("table")].filter(t => !t.caption || !t.caption.textContent).length,
        wide: document.documentElement.scrollWidth > document.documentElement.clientWidth });
      </script>
      </body>
      """
    let html = HTMLReport(title: "A page", runs: reports).html
    let nonce = try #require(html.firstMatch(of: /<script nonce="([0-9a-f]+)"/)?.1)
    try html.replacing("</body>", with: probe.replacing("NONCE", with: nonce)).write(
      toFile: folder.path("page.html"), atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.browser))
    process.arguments = [
      "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--user-data-dir=\(folder.path("profile"))",
      "--enable-logging=stderr", "--log-level=0", "--log-net-log=\(folder.path("net.json"))",
      "--virtual-time-budget=10000", "--dump-dom",
      folder.url.appending(path: "page.html").absoluteString,
    ]
    for name in ["output", "errors"] { _ = FileManager.default.createFile(atPath: folder.path(name), contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: folder.url.appending(path: "output"))
    process.standardError = try FileHandle(forWritingTo: folder.url.appending(path: "errors"))
    try process.run()
    process.waitUntilExit()
    let (dom, log) = (
      try String(contentsOfFile: folder.path("output"), encoding: .utf8),
      try String(contentsOfFile: folder.path("errors"), encoding: .utf8)
    )
    let messages = log.split(separator: "\n").filter { $0.contains("CONSOLE") }
    #expect(messages.isEmpty, "\(messages)")
    let title = try #require(dom.firstMatch(of: /<title>(.*?)<\/title>/)?.1, "\(log.suffix(500))")
    let found = try #require(
      try JSONSerialization.jsonObject(
        with: Data(title.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&").utf8))
        as? [String: Any])
    let reading = found["reading"] as? String ?? ""
    #expect(reading.hasPrefix("epoch 3: ") && reading.contains("second: test 0.833333"), "\(reading)")
    #expect(found["names"] as? Int == 0 && found["unnamed"] as? Int == 0 && found["captions"] as? Int == 0)
    #expect(found["pictures"] as? Int == 2 * (reports[0].mistakes.count + reports[1].mistakes.count), "\(found)")
    #expect(found["before"] as? String == "cat" && found["after"] as? String == "eel", "\(found)")
    #expect((found["sections"] as? Int ?? 0) > 10 && found["wide"] as? Bool == false, "\(found)")
    let requests = try String(contentsOfFile: folder.path("net.json"), encoding: .utf8)
    // The browser looks for its own updates by itself; the page must not be the reason of a request.
    let urls = requests.matches(of: /"url":"(https?:[^"]*)"/).map { String($0.1) }
    #expect(!urls.contains { !$0.contains("google") && !$0.contains("gvt1") }, "\(urls)")
  }
}
