/// What a user must know and accept before collecting. Shown once for each output folder.
package enum Terms {
  /// The terms for the Divar site.
  package static let site = """
    Before anything is fetched from divar.ir:
    - The terms of Divar forbid copying what advertisers publish, texts or pictures, by hand or by machine. For
      programs, Divar offers its platform Kenar. You must know yourself whether you may collect photos, for example to
      study; ask Divar.
    - The photos belong to the people who took them. Do not publish them.
    - The collector tells the site who you are (--contact). It obeys robots.txt and --rate, and stops when the site tells
      it to. It stores photos and their sources, but no names, phone numbers or texts. Photos may show people or number
      plates; delete those that you have no right to keep.
    """

  /// The terms for a list of addresses.
  package static let list = """
    Before anything is fetched from the addresses in your list:
    - The pictures belong to their authors. Make sure that you may fetch and keep them.
    - The collector tells the sites who you are (--contact). It obeys robots.txt and --rate, and stops when a site tells
      it to.
    """
}
