import Serialization

/// A page about one training, or about several side by side: one HTML file that needs nothing else, and fetches nothing.
///
/// ```swift
/// let report = HTMLReport(title: "Photos of ads", runs: [try RunReport(contentsOf: "run/report.json")])
/// try report.write(to: "report.html")
/// ```
///
/// Curves can be pointed at, and read with the arrow keys; each has a table with its numbers. Colours follow the light or dark mode of the
/// reader and tell apart for all kinds of colour vision. Names from outside are escaped, and the page forbids all scripts but its own.
public struct HTMLReport: Sendable {
  /// The title of the page.
  public var title: String
  /// The trainings.
  public var runs: [RunReport]

  /// Makes a page.
  public init(title: String, runs: [RunReport]) { (self.title, self.runs) = (title, runs) }

  /// Writes the page, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: which files may be replaced; by default, only HTML pages.
  /// - Throws: `FileError`.
  public func write(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    try writeAtomically(Array(html.utf8), to: path, replacing: replacing)
  }

  /// The page.
  public var html: String {
    let sections = self.sections
    let body = sections.map { section in
      HTML.element(
        "section", HTML.element("h2", section.title, attributes: "id=\"\(section.id)-title\"") + section.content,
        attributes: "id=\"\(section.id)\" aria-labelledby=\"\(section.id)-title\"")
    }.joined(separator: "\n")
    let links = sections.map { section in
      HTML.element("li", HTML.element("a", section.title, attributes: "href=\"#\(section.id)\""))
    }.joined()
    // A number that the content decides: markup in a name cannot know it.
    var bytes = Array(body.source.utf8)
    let nonce = bytes.withUnsafeMutableBytes { String(xxh64(UnsafeRawBufferPointer($0)), radix: 16) }
    let policy =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'nonce-\(nonce)'; base-uri 'none'; "
      + "form-action 'none'"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(HTML.text(title).source)</title>
      <link rel="icon" href="data:,">
      <style>\(PageStyle.source)</style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the content</a>
      <header><h1>\(HTML.text(title).source)</h1></header>
      <nav aria-label="Sections"><ul>\(links.source)</ul></nav>
      <main id="main">
      \(body.source)
      </main>
      <script nonce="\(nonce)">\(PageScript.source)</script>
      </body>
      </html>

      """
  }

  private var sections: [PageSection] {
    var sections = [PageSection(id: "overview", title: "Overview", content: Overview(runs).html)]
    if runs.contains(where: { !$0.history.epochs.isEmpty }) {
      sections.append(PageSection(id: "curves", title: "Curves", content: CurveCharts(runs).html))
    }
    for (number, run) in runs.enumerated() {
      sections += RunSections(run, number: number, isAlone: runs.count == 1).all
    }
    return sections
  }
}

/// A part of the page with a heading.
struct PageSection {
  let id, title: String
  let content: HTML
}
