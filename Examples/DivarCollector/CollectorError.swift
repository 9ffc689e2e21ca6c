import Foundation
import Serialization

/// Why a collection cannot begin, or ended early.
package enum CollectorError: Error, Equatable, CustomStringConvertible {
  /// A contact that is neither a mail address nor a page.
  case contact(String)
  /// A class table that cannot be used.
  case table(path: String, reason: String)
  /// A name that is not in the table.
  case unknown(what: String, found: String, known: [String])
  /// A line of a list of addresses that cannot be used.
  case list(path: String, line: Int, found: String)
  /// A file that cannot be read.
  case file(path: String, reason: String)
  /// The output folder cannot be used.
  case folder(path: String, reason: String)
  /// A line of the manifest that cannot be read.
  case manifest(path: String, line: Int, reason: String)
  /// The terms were shown, but not accepted.
  case terms
  /// No endpoint gave a list of the class.
  case noList(className: String, reasons: [String])
  /// The run ended early; a later run may continue.
  case stopped(reason: String)
  /// The run ended without a photo.
  case nothing(reason: String)

  /// A sentence for the user.
  package var description: String {
    switch self {
    case .contact(let text):
      "found the contact \"\(text)\", expected a mail address or the address of a page (https://…)"
    case .table(let path, let reason): "\(path): \(reason)"
    case .unknown(let what, let found, let known):
      "found the \(what) \"\(found)\", expected one of: \(known.joined(separator: ", "))"
    case .list(let path, let line, let found):
      "\(path), line \(line): found \(found), expected a class and an address: cat,https://example.org/1.jpg"
    case .file(let path, let reason): "cannot read \"\(path)\": \(reason)"
    case .folder(let path, let reason): "cannot use the folder \"\(path)\": \(reason)"
    case .manifest(let path, let line, let reason): "\(path), line \(line): \(reason)"
    case .terms: "nothing is fetched until you accept the terms above with --accept-terms"
    case .noList(let className, let reasons):
      "no list of the class \(className): \(reasons.joined(separator: "; "))"
    case .stopped(let reason): "stopped: \(reason); run the same command with --resume to continue"
    case .nothing(let reason): "nothing was collected: \(reason)"
    }
  }
}

extension CollectorError {
  /// The reason of an error of the file system.
  static func reason(of error: any Error) -> String {
    (error as? FileError)?.reason.description
      ?? error.localizedDescription.replacing("The operation could not be completed. ", with: "")
  }

  /// A file that cannot be read, with the reason of the file system.
  package static func file(_ path: String, _ error: any Error) -> CollectorError {
    .file(path: path, reason: reason(of: error))
  }

  /// A folder that cannot be used, with the reason of the file system.
  static func folder(_ path: String, _ error: any Error) -> CollectorError {
    .folder(path: path, reason: reason(of: error))
  }
}
