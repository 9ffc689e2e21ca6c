import Foundation
import Serialization

/// A picture that may be fetched.
package struct Candidate: Sendable, Equatable {
  /// The class of the picture.
  package var className: String
  /// The post it belongs to; nil if the address came from a list.
  package var token: String?
  /// The address.
  package var url: URL

  /// A 64-bit hash of the address, which needs less memory than the address.
  var key: UInt64 { SHA256(of: url.absoluteString.utf8).prefix }
}

/// The state of a collection, computed from all entries of its manifest.
///
/// Memory: a set of tokens and a set of 64-bit numbers; and the waiting posts and pictures, which are those of one or
/// two pages.
package struct CollectionState {
  /// How far the list of a class was read.
  struct Listing {
    var endpoint: ListEndpoint?
    var pageCount = 0
    var cursor: JSONValue?
    var hasEnded = false
    /// Posts whose photos were not requested yet; the next one is the last element.
    var posts: [String] = []
    /// Pictures that were not fetched yet; the next one is the last element.
    var images: [Candidate] = []
  }

  /// What became of the pictures of each class.
  private var tallies: [ExactText: Tally] = [:]
  /// Whether the terms were accepted before.
  package private(set) var hasAcceptedTerms = false
  /// The last picture that was checked: only its file may not be in its final place yet.
  private(set) var lastImage: ImageRecord?
  /// The perceptual hashes of the saved pictures.
  private(set) var appearances = NearDuplicates()
  private var listings: [ExactText: Listing] = [:]

  private var tokens: Set<String> = []
  private var images: Set<UInt64> = []
  private var contents: Set<String> = []
  private var failedPosts: [String: (className: String, kind: String)] = [:]
  private var failedImages: [UInt64: (candidate: Candidate, kind: String)] = [:]

  /// Makes an empty state.
  package init() {}

  /// What became of the pictures of a class.
  package func tally(of className: String) -> Tally { tallies[ExactText(className)] ?? Tally() }

  /// The number of saved pictures of a class.
  package func savedCount(of className: String) -> Int { tally(of: className).saved }

  /// The number of saved pictures of all classes.
  package var savedCount: Int { tallies.values.reduce(0) { $0 + $1.saved } }

  /// How far the list of a class was read.
  func listing(of className: String) -> Listing { listings[ExactText(className)] ?? Listing() }

  /// Marks a picture as known before it is fetched; false if it was known already.
  mutating func claim(_ candidate: Candidate) -> Bool { images.insert(candidate.key).inserted }

  /// Whether a file with this digest was saved.
  func hasSaved(sha256: String) -> Bool { contents.contains(sha256) }

  /// Returns the tokens that are new, and marks them as known.
  mutating func newTokens(among found: [String]) -> Set<String> {
    var new: Set<String> = []
    for token in found where tokens.insert(token).inserted { new.insert(token) }
    return new
  }

  /// Takes the next waiting picture of a class.
  mutating func takeImage(of className: String) -> Candidate? { listings[ExactText(className)]?.images.popLast() }

  /// Takes the next waiting post of a class.
  mutating func takePost(of className: String) -> String? { listings[ExactText(className)]?.posts.popLast() }

  /// Adds pictures and posts with a temporary failure after the waiting ones.
  mutating func retryFailures() {
    for (token, post) in failedPosts.sorted(by: { $0.key < $1.key }) {
      listings[ExactText(post.className), default: Listing()].posts.insert(token, at: 0)
    }
    for image in failedImages.values.sorted(by: { $0.candidate.url.absoluteString < $1.candidate.url.absoluteString }) {
      listings[ExactText(image.candidate.className), default: Listing()].images.insert(image.candidate, at: 0)
    }
  }
}

// Taking entries.
extension CollectionState {
  /// Applies an entry of the manifest.
  package mutating func apply(_ entry: ManifestEntry) {
    switch entry {
    case .terms: hasAcceptedTerms = true
    case .page(let record): apply(record)
    case .post(let record): apply(record)
    case .image(let record): apply(record)
    }
  }

  private mutating func apply(_ page: PageRecord) {
    var listing = listing(of: page.className)
    listing.endpoint = page.endpoint
    listing.pageCount = page.number
    listing.cursor = page.next
    listing.hasEnded = page.next == nil
    listing.posts.insert(contentsOf: page.tokens.reversed(), at: 0)
    tokens.formUnion(page.tokens)
    listings[ExactText(page.className)] = listing
  }

  private mutating func apply(_ post: PostRecord) {
    var listing = listing(of: post.className)
    listing.posts.removeAll { $0 == post.token }
    if let former = failedPosts.removeValue(forKey: post.token) {
      tallies[ExactText(former.className), default: Tally()].failed.subtractOne(former.kind)
    }
    if let failure = post.failure {
      tallies[ExactText(post.className), default: Tally()].count(.post(post))
      if failure.isTransient { failedPosts[post.token] = (post.className, failure.kindForPosts) }
    }
    let candidates = post.images.map { Candidate(className: post.className, token: post.token, url: $0) }
      .filter { images.insert($0.key).inserted }
    listing.images.insert(contentsOf: candidates.reversed(), at: 0)
    listings[ExactText(post.className)] = listing
  }

  private mutating func apply(_ image: ImageRecord) {
    let candidate = Candidate(className: image.className, token: image.token, url: image.url)
    listings[ExactText(image.className)]?.images.removeAll { $0.url == image.url }
    images.insert(candidate.key)
    lastImage = image
    var tally = tally(of: image.className)
    if let former = failedImages.removeValue(forKey: candidate.key) { tally.failed.subtractOne(former.kind) }
    tally.count(.image(image))
    if let saved = image.saved {
      contents.insert(saved.sha256)
      appearances.insert(saved.perceptualHash)
    } else if let failure = image.failure, failure.isTransient {
      failedImages[candidate.key] = (candidate, failure.kind)
    }
    tallies[ExactText(image.className)] = tally
  }
}

extension [String: Int] {
  fileprivate mutating func subtractOne(_ key: String) {
    guard let count = self[key] else { return }
    self[key] = count > 1 ? count - 1 : nil
  }
}
