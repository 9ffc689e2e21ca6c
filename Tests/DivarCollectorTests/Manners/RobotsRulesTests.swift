import DivarCollector
import Foundation
import Testing

@Suite struct RobotsRulesTests {
  private func rules(_ text: String) -> RobotsRules { RobotsRules(parsing: text, product: "Kilim-divar") }

  @Test func agreesWithProtego() throws {
    struct Case: Decodable {
      let text: String
      let allowed: [String: Bool]
    }
    let url = try #require(Bundle.module.url(forResource: "Fixtures/robots", withExtension: "json"))
    let cases = try JSONDecoder().decode([Case].self, from: Foundation.Data(contentsOf: url))
    #expect(cases.count == 120)
    for example in cases {
      let rules = rules(example.text)
      for (path, isAllowed) in example.allowed where path != "/robots.txt" {
        #expect(rules.allow(path) == isAllowed, "\(path)\n\(example.text)")
      }
    }
  }

  // The examples of RFC 9309, section 5.2: the longest match.
  @Test func longestMatchDecides() {
    let rules = rules("User-Agent: *\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n")
    #expect(rules.allow("/example/page/"))
    #expect(!rules.allow("/example/page/disallowed.gif"))
    #expect(rules.allow("/other"))
  }

  @Test func siteOfDivar() {
    let rules = rules(
      "User-agent: *\nDisallow: /my-divar/*\nDisallow: /new\nDisallow: /s/*/*?*q=*\nDisallow: /adminbot\n")
    #expect(rules.allow("/s/tehran/cats"))
    #expect(rules.allow("/v8/postlist/w/search"))
    #expect(!rules.allow("/s/tehran/farm-animals?q=%DA%AF"))
    #expect(!rules.allow("/s/tehran/farm-animals?page=2&q=x"))
    #expect(!rules.allow("/new"))
  }

  @Test func oddFiles() {
    #expect(rules("").allow("/") && rules("<html>not found</html>").allow("/"))
    #expect(rules("Disallow: /\nUser-agent: *\nAllow: /").allow("/a"))
    #expect(!rules("\u{feff}user-agent: *\ndisallow: /").allow("/a"))
    #expect(!RobotsRules.disallowingAll.allow("/a"))
    #expect(RobotsRules.disallowingAll.allow("/robots.txt"))
    #expect(rules("user-agent: *\ndisallow: /a*b*c*d*e*f*$").allow(String(repeating: "/abcde", count: 2000)))
  }

  @Test func delay() {
    #expect(rules("User-agent: *\nCrawl-delay: 2.5\nDisallow: /x").crawlDelay == 2.5)
    #expect(rules("User-agent: other\nCrawl-delay: 9").crawlDelay == nil)
    #expect(rules("User-agent: *\nCrawl-delay: -1\nCrawl-delay: inf").crawlDelay == nil)
  }
}
