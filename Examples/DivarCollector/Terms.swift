/// What somebody who collects must know and agree to. Shown once for each output folder.
package enum Terms {
  /// The terms for the Divar site.
  package static let site = """
    Before anything is fetched from divar.ir:
    - The terms of Divar forbid copying what advertisers publish, texts or pictures, by hand or by machine. What Divar
      offers to programs is its platform Kenar. Whether you may collect, for study say, is for you to know; ask
      Divar.
    - The photos belong to those who took them. Do not publish them.
    - The collector tells the site who you are (--contact), keeps to robots.txt and to --rate, and stays away when told.
      It keeps photos and where they came from: no names, no numbers, no texts. Photos may show people or number
      plates; delete those that you have no right to keep.
    """

  /// The terms for a list of addresses.
  package static let list = """
    Before anything is fetched from the addresses in your list:
    - The pictures belong to somebody. Make sure that you may fetch and keep them.
    - The collector tells the sites who you are (--contact), keeps to robots.txt and to --rate, and stays away when told.
    """
}
