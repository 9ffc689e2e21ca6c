import Foundation

/// The photos of the newest posts of each class, class after class.
package struct DivarSource: CandidateSource {
  /// The number of consecutive pages without a new post that ends a list, because some lists never end.
  private static let stalePageLimit = 3

  private let client: DivarClient
  private let classes: [ClassTable.Class]
  private let pageLimit: Int
  private var position = 0
  private var stalePages = 0

  package private(set) var problems: [String] = []

  /// Makes the source.
  ///
  /// - Parameters:
  ///   - client: asks the site.
  ///   - classes: the classes in the order of their turn.
  ///   - pageLimit: the most pages of a list that are read.
  package init(client: DivarClient, classes: [ClassTable.Class], pageLimit: Int = 5000) {
    self.client = client
    self.classes = classes
    self.pageLimit = pageLimit
  }

  package var classNames: [String] { classes.map(\.name) }

  package var upcomingClass: String? { position < classes.count ? classes[position].name : nil }

  package mutating func next(_ ledger: Ledger, isFull: (String) -> Bool) async throws -> Candidate? {
    while position < classes.count {
      let target = classes[position]
      if isFull(target.name) {
        turnToNextClass()
      } else if let image = ledger.takeImage(of: target.name) {
        return image
      } else if let token = ledger.takePost(of: target.name) {
        try await readPost(token, of: target.name, ledger)
      } else if ledger.state.listing(of: target.name).hasEnded {
        turnToNextClass()
      } else {
        try await readPage(of: target, ledger)
      }
    }
    return nil
  }

  private mutating func turnToNextClass() {
    position += 1
    stalePages = 0
  }

  private func readPost(_ token: String, of className: String, _ ledger: Ledger) async throws {
    var record = PostRecord(className: className, token: token, images: [], time: ledger.now)
    do {
      record.images = try await client.photos(of: token)
      try ledger.record(.post(record))
      try ledger.count(nil, from: "the site")
    } catch let failure as FetchFailure {
      record.failure = Failure(failure)
      try ledger.record(.post(record))
      try ledger.count(failure, from: "the site")
    }
  }

  private mutating func readPage(of target: ClassTable.Class, _ ledger: Ledger) async throws {
    let listing = ledger.state.listing(of: target.name)
    let number = listing.pageCount + 1
    do {
      let (page, endpoint) = try await page(of: target, listing: listing, number: number)
      let new = ledger.newTokens(among: page.rows.map(\.token))
      stalePages = new.isEmpty ? stalePages + 1 : 0
      let isStale = stalePages >= (endpoint == .page ? 1 : Self.stalePageLimit) || page.next == listing.cursor
      let next = isStale || number >= pageLimit ? nil : page.next
      var tokens: [String] = []
      for row in page.rows where row.hasPhoto && new.contains(row.token) && !tokens.contains(row.token) {
        tokens.append(row.token)
      }
      let record = PageRecord(
        className: target.name, endpoint: endpoint, number: number, tokens: tokens, next: next, time: ledger.now)
      try ledger.record(.page(record))
    } catch FetchFailure.unreachable(let failure) {
      throw CollectorError.stopped(reason: "\(failure)")
    } catch let failure as FetchFailure {
      problems.append("\(target.name): the list ended early at page \(number): \(failure)")
      turnToNextClass()
    } catch let error as CollectorError {
      guard case .noList = error else { throw error }
      problems.append("\(error)")
      turnToNextClass()
    }
  }

  private func page(
    of target: ClassTable.Class, listing: CollectionState.Listing, number: Int
  ) async throws -> (ListPage, ListEndpoint) {
    guard let endpoint = listing.endpoint else { return try await client.firstPage(of: target) }
    guard let page = try await client.page(of: target, from: endpoint, after: listing.cursor, number: number) else {
      throw FetchFailure.notUnderstood
    }
    return (page, endpoint)
  }
}
