import ArgumentParser
import Foundation
import Kilim

/// `divar inspect`: what a folder of photos holds.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Shows what a folder of photos holds, and what is wrong with it.",
    discussion: """
      Every file is decoded: what is listed as damaged here is what a training would stop at, or leave out with \
      --skip-unreadable.
      """)

  @Argument(help: "The folder with one sub-folder of photos for each class.")
  var data: String

  @Option(
    name: .shortAndLong, help: "A picture to write with some photos of each class; its name ends in .png, .svg or .pdf."
  )
  var output: String?

  @Option(help: "The number of photos of each class in the picture.")
  var samples = 8

  @Option(help: "The longest list to print; 0 prints all.")
  var list = 20

  func validate() throws {
    guard (1...100).contains(samples) else {
      throw ValidationError("--samples is \(samples), a number from 1 to 100 is needed")
    }
    guard list >= 0 else { throw ValidationError("--list is \(list), 0 or more is needed") }
  }

  func run() throws {
    let inspection = try FolderInspection(data)
    print(InspectionReport(inspection, folder: data, listLimit: list == 0 ? .max : list))
    if let output {
      try contactSheet(inspection).write(to: output)
      print("\(output): up to \(samples) photos of each class")
    }
  }

  private func contactSheet(_ inspection: FolderInspection) throws -> ContactSheet {
    let counts = inspection.counts
    let rows = try inspection.classes.enumerated().map { label, name in
      let images = try inspection.samples(ofClass: label, count: samples).map {
        try Bitmap(thumbnail(inspection.photos[$0].path))
      }
      return ContactSheet.Row(
        title: name, remark: "\(counts[label]) photo\(counts[label] == 1 ? "" : "s")", images: images)
    }
    return ContactSheet(title: data, rows: rows)
  }

  /// A photo at most as large as it is drawn: 96 points at two pixels a point.
  private func thumbnail(_ path: String) throws -> Image {
    let photo = try Image(contentsOfFile: path)
    let share = min(1, 192 / Double(max(photo.width, photo.height)))
    let (height, width) = (Double(photo.height) * share, Double(photo.width) * share)
    return photo.resized(to: ImageSize(height: max(1, Int(height)), width: max(1, Int(width))), .bilinearAntialiased)
  }
}
