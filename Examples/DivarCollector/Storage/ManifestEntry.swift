import Data
import Foundation

/// One line of the manifest: a fact that a resumed collection need not find out again.
///
/// No line contains personal data: no text of a post, no name, no phone number.
package enum ManifestEntry: Sendable, Equatable {
  /// The terms were shown and accepted.
  case terms(TermsRecord)
  /// A page of a list was read.
  case page(PageRecord)
  /// A post was asked for its photos.
  case post(PostRecord)
  /// A picture was judged.
  case image(ImageRecord)
}

/// The terms were shown and accepted.
package struct TermsRecord: Codable, Sendable, Equatable {
  /// When.
  package var time: Date
}

/// A page of a list was read.
package struct PageRecord: Codable, Sendable, Equatable {
  /// The class.
  package var className: String
  /// Where the list came from.
  package var endpoint: ListEndpoint
  /// The number of the page, from 1.
  package var number: Int
  /// The posts that were on no page before.
  package var tokens: [String]
  /// What the next request sends back; nil when the list has ended.
  package var next: JSONValue?
  /// When.
  package var time: Date

  private enum CodingKeys: String, CodingKey {
    case className = "class"
    case endpoint, number, tokens, next, time
  }
}

/// A post was asked for its photos.
package struct PostRecord: Codable, Sendable, Equatable {
  /// The class.
  package var className: String
  /// The post.
  package var token: String
  /// The addresses of its photos.
  package var images: [URL]
  /// Why there are none, when the post could not be read.
  package var failure: Failure?
  /// When.
  package var time: Date

  private enum CodingKeys: String, CodingKey {
    case className = "class"
    case token, images, failure, time
  }
}

/// What became of one picture.
package struct ImageRecord: Codable, Sendable, Equatable {
  /// The class.
  package var className: String
  /// The post it belongs to; nil if the address came from a list.
  package var token: String?
  /// The address of the picture.
  package var url: URL
  /// The file that was saved; nil if none was.
  package var saved: SavedPicture?
  /// Why the picture was left out after it was fetched.
  package var dropped: Dropped?
  /// Why the picture could not be fetched.
  package var failure: Failure?
  /// When.
  package var time: Date

  private enum CodingKeys: String, CodingKey {
    case className = "class"
    case token, url, saved, dropped, failure, time
  }
}

/// A picture that was saved.
package struct SavedPicture: Codable, Sendable, Equatable {
  /// The path in the output folder: class, content hash, and what the content is.
  package var file: String
  /// The digest of the content.
  package var sha256: String
  /// What the picture looks like; see ``PerceptualHash``.
  package var perceptualHash: PerceptualHash
  /// Bytes in the file.
  package var bytes: Int
  /// Pixels in a row.
  package var width: Int
  /// Rows of pixels.
  package var height: Int
}

/// Why a picture was left out.
package struct Dropped: Codable, Sendable, Equatable {
  /// The kind of reason, for counts.
  package var kind: String
  /// What was found.
  package var detail: String?
}

/// Why something could not be fetched.
package struct Failure: Codable, Sendable, Equatable {
  /// The kind of reason, for counts.
  package var kind: String
  /// What happened.
  package var detail: String
  /// Whether a later run tries again.
  package var isTransient: Bool

  private enum CodingKeys: String, CodingKey {
    case kind, detail
    case isTransient = "again"
  }

  /// The kind of reason in the counts of posts.
  var kindForPosts: String { "post \(kind)" }

  init(_ failure: FetchFailure) {
    kind = failure.kind
    detail = failure.description
    isTransient = failure.isTransient
  }
}

extension ManifestEntry: Codable {
  private enum CodingKeys: String, CodingKey {
    case kind
  }

  private enum Kind: String, Codable {
    case terms, page, post, image
  }

  package init(from decoder: any Decoder) throws {
    self =
      switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .kind) {
      case .terms: .terms(try TermsRecord(from: decoder))
      case .page: .page(try PageRecord(from: decoder))
      case .post: .post(try PostRecord(from: decoder))
      case .image: .image(try ImageRecord(from: decoder))
      }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .terms(let record):
      try container.encode(Kind.terms, forKey: .kind)
      try record.encode(to: encoder)
    case .page(let record):
      try container.encode(Kind.page, forKey: .kind)
      try record.encode(to: encoder)
    case .post(let record):
      try container.encode(Kind.post, forKey: .kind)
      try record.encode(to: encoder)
    case .image(let record):
      try container.encode(Kind.image, forKey: .kind)
      try record.encode(to: encoder)
    }
  }
}
