import Foundation

/// A picture that may be fetched.
package struct Candidate: Sendable, Equatable {
  /// The class it is collected for.
  package var className: String
  /// The post it belongs to; nil if the address came from a list.
  package var token: String?
  /// Where it stands.
  package var url: URL

  /// What stands for the address where many are remembered.
  var key: UInt64 { SHA256(of: url.absoluteString.utf8).prefix }
}

/// What all lines of a manifest say together. Reading the lines again gives the same state as when they were written.
///
/// Memory: a set of tokens and one of 64-bit numbers; posts and pictures that wait are those of a page or two.
package struct CollectionState {
  /// How far the list of a class was read.
  struct Listing {
    var endpoint: ListEndpoint?
    var pageCount = 0
    var cursor: JSONValue?
    var hasEnded = false
    /// Posts whose photos were not asked for yet, the next one last.
    var posts: [String] = []
    /// Pictures that were not fetched yet, the next one last.
    var images: [Candidate] = []
  }

  /// What became of the pictures of each class.
  package private(set) var tallies: [String: Tally] = [:]
  /// Whether the terms were accepted before.
  package private(set) var hasAcceptedTerms = false
  /// The last picture that was judged: the only one whose file may not be in its place yet.
  private(set) var lastImage: ImageRecord?
  /// What the saved pictures look like.
  private(set) var appearances = NearDuplicates()
  private(set) var listings: [String: Listing] = [:]

  private var tokens: Set<String> = []
  private var images: Set<UInt64> = []
  private var contents: Set<String> = []
  private var failedPosts: [String: (className: String, kind: String)] = [:]
  private var failedImages: [UInt64: (candidate: Candidate, kind: String)] = [:]

  /// Nothing collected yet.
  package init() {}

  /// The number of saved pictures of a class.
  func savedCount(of className: String) -> Int { tallies[className]?.saved ?? 0 }

  /// Remembers a picture that is about to be fetched; false if it was met before.
  mutating func claim(_ candidate: Candidate) -> Bool { images.insert(candidate.key).inserted }

  /// Whether a file with this digest was saved.
  func hasSaved(sha256: String) -> Bool { contents.contains(sha256) }

  /// Takes the tokens that were never seen, and remembers them.
  mutating func newTokens(among found: [String]) -> Set<String> {
    var new: Set<String> = []
    for token in found where tokens.insert(token).inserted { new.insert(token) }
    return new
  }

  /// Takes the next picture of a class that waits.
  mutating func takeImage(of className: String) -> Candidate? { listings[className]?.images.popLast() }

  /// Takes the next post of a class that waits.
  mutating func takePost(of className: String) -> String? { listings[className]?.posts.popLast() }

  /// Puts pictures and posts that failed for a passing reason behind those that wait.
  mutating func retryFailures() {
    for (token, post) in failedPosts.sorted(by: { $0.key < $1.key }) {
      listings[post.className, default: Listing()].posts.insert(token, at: 0)
    }
    for image in failedImages.values.sorted(by: { $0.candidate.url.absoluteString < $1.candidate.url.absoluteString }) {
      listings[image.candidate.className, default: Listing()].images.insert(image.candidate, at: 0)
    }
  }
}

// Taking entries.
extension CollectionState {
  /// Takes what a line says.
  package mutating func apply(_ entry: ManifestEntry) {
    switch entry {
    case .terms: hasAcceptedTerms = true
    case .page(let record): apply(record)
    case .post(let record): apply(record)
    case .image(let record): apply(record)
    }
  }

  private mutating func apply(_ page: PageRecord) {
    var listing = listings[page.className] ?? Listing()
    listing.endpoint = page.endpoint
    listing.pageCount = page.number
    listing.cursor = page.next
    listing.hasEnded = page.next == nil
    listing.posts.insert(contentsOf: page.tokens.reversed(), at: 0)
    tokens.formUnion(page.tokens)
    listings[page.className] = listing
  }

  private mutating func apply(_ post: PostRecord) {
    var listing = listings[post.className] ?? Listing()
    listing.posts.removeAll { $0 == post.token }
    if let former = failedPosts.removeValue(forKey: post.token) {
      tallies[former.className, default: Tally()].failed.subtractOne(former.kind)
    }
    if let failure = post.failure {
      let kind = "post \(failure.kind)"
      tallies[post.className, default: Tally()].failed[kind, default: 0] += 1
      if failure.isTransient { failedPosts[post.token] = (post.className, kind) }
    }
    let candidates = post.images.map { Candidate(className: post.className, token: post.token, url: $0) }
      .filter { images.insert($0.key).inserted }
    listing.images.insert(contentsOf: candidates.reversed(), at: 0)
    listings[post.className] = listing
  }

  private mutating func apply(_ image: ImageRecord) {
    let candidate = Candidate(className: image.className, token: image.token, url: image.url)
    listings[image.className]?.images.removeAll { $0.url == image.url }
    images.insert(candidate.key)
    lastImage = image
    var tally = tallies[image.className] ?? Tally()
    if let former = failedImages.removeValue(forKey: candidate.key) { tally.failed.subtractOne(former.kind) }
    if let saved = image.saved {
      tally.saved += 1
      contents.insert(saved.sha256)
      appearances.insert(saved.perceptualHash)
    } else if let dropped = image.dropped {
      tally.dropped[dropped.kind, default: 0] += 1
    } else if let failure = image.failure {
      tally.failed[failure.kind, default: 0] += 1
      if failure.isTransient { failedImages[candidate.key] = (candidate, failure.kind) }
    }
    tallies[image.className] = tally
  }
}

extension [String: Int] {
  fileprivate mutating func subtractOne(_ key: String) {
    guard let count = self[key] else { return }
    self[key] = count > 1 ? count - 1 : nil
  }
}
