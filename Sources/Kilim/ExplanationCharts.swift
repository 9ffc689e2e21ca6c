import Charts
import Data
import Foundation
import NN
import Serialization
import Tensor
import Training

extension PhotoExplanation {
  /// The photo and, beside it, what each method finds, as heat over the photo.
  ///
  /// - Parameter title: the title above the pictures.
  public func sheet(title: String = "") -> PictureSheet {
    let share = min(1, 512 / Double(max(photo.width, photo.height)))
    let size = ImageSize(
      height: max(Int(Double(photo.height) * share), 1), width: max(Int(Double(photo.width) * share), 1))
    let small = photo.resized(to: size)
    let (x, y) = (Double(size.width) / Double(photo.width), Double(size.height) / Double(photo.height))
    let place = Rectangle(x: frame.x * x, y: frame.y * y, width: frame.width * x, height: frame.height * y)
    let pictures = maps.map { map in
      PictureSheet.Picture(
        title: map.method.title, remark: remark(on: map.method),
        image: Bitmap(small).covered(by: HeatMap(map.values, clipping: map.method == .integratedGradients), in: place))
    }
    return PictureSheet(
      title: title,
      pictures: [
        PictureSheet.Picture(
          title: "the photo", remark: maps.isEmpty ? "" : answerText, image: Bitmap(small))
      ] + pictures, columns: maps.count + 1, scale: ("matters little", highEnd))
  }

  /// What the model tells of the photo: the most likely class, or the number that is explained.
  private var answerText: String {
    switch answer {
    case .classes(let classes): classes.first.map { "most likely: \(ExplainedAnswer.class($0).text)" } ?? ""
    case .numbers: explained.text
    }
  }

  /// What the hot end of the colour scale means.
  private var highEnd: String {
    switch explained {
    case .class(let found): "matters much for \(found.name)"
    case .number(let found): "raises \(found.name) most"
    }
  }

  private func remark(on method: PhotoExplainer.Method) -> String {
    guard method != .occlusion, let agreement = agreement(of: method, and: .occlusion) else {
      return explained.text
    }
    return String(format: "agreement with occlusion %.2f", agreement)
  }
}

extension ExplainedAnswer {
  /// The name, and the probability as a percentage or the number in its own units.
  fileprivate var text: String {
    switch self {
    case .class(let found): "\(found.name) \(percentage(Double(found.probability)))"
    case .number(let found): "\(found.name) \(numberText(Double(found.value), format: "%.6g"))"
    }
  }
}

extension PhotoExplainer.Method {
  /// The name in a picture.
  var title: String {
    switch self {
    case .gradCAM: "Grad-CAM"
    case .layerCAM: "Layer-CAM"
    case .integratedGradients: "integrated gradients"
    case .occlusion: "occlusion"
    }
  }
}

extension HeatMap {
  /// A map `[h, w]`. Stops the program for another shape.
  ///
  /// - Parameter clipping: whether the highest hundredth of all positions is drawn alike: some pixels may be far above all others.
  public init(_ values: Tensor<Float>, clipping: Bool = false) {
    require(values.rank == 2 && values.count > 0, "HeatMap: a map [h, w] is needed, found \(values.shape)")
    let numbers = values.scalars.map { Double($0) }
    // NaN has no place in an order.
    let sorted = numbers.filter { !$0.isNaN }.sorted()
    self.init(
      width: values.shape[1], height: values.shape[0], values: numbers,
      top: clipping && !sorted.isEmpty ? sorted[Int(0.99 * Double(sorted.count - 1))] : nil)
  }
}

extension PictureSheet {
  /// Feature maps `[C, h, w]` of a layer, each from its smallest to its largest number.
  public init(featureMaps maps: Tensor<Float>, title: String = "") {
    require(maps.rank == 3, "PictureSheet: feature maps [C, h, w] are needed, found \(maps.shape)")
    let pictures = (0..<maps.shape[0]).map { channel in
      let map = maps.select(channel)
      let values = map.scalars.map { Double($0) }
      let lowest = values.filter(\.isFinite).min() ?? 0
      return Picture(
        title: "\(channel)",
        image: Bitmap(HeatMap(width: map.shape[1], height: map.shape[0], values: values.map { $0 - lowest })))
    }
    self.init(title: title, pictures: pictures, columns: 16, side: 64, scale: ("lowest", "highest"))
  }

  /// Filters `[O, I, h, w]`, each around mid-gray by its largest weight: in colours for I = 3, else the mean over the inputs.
  ///
  /// - Parameter colours: the order of the channels of the inputs.
  public init(filters: Tensor<Float>, title: String = "", colours: ColourOrder = .rgb) {
    require(filters.rank == 4, "PictureSheet: filters [O, I, h, w] are needed, found \(filters.shape)")
    let pictures = (0..<filters.shape[0]).map { index in
      let filter = filters.select(index)
      let isColoured = filter.shape[0] == 3
      let planes =
        isColoured ? filter : Tensor(concatenating: [filter.mean([0], keepingAxes: true)].flatMap { [$0, $0, $0] })
      let values = planes.scalars
      let largest = max(values.filter(\.isFinite).map(abs).max() ?? 0, .leastNormalMagnitude)
      let (height, width) = (planes.shape[1], planes.shape[2])
      let rgb = (0..<3 * height * width).map { place in
        let channel = colours == .rgb || !isColoured ? place % 3 : 2 - place % 3
        let value = values[channel * height * width + place / 3]
        return UInt8((127.5 * (1 + (value.isFinite ? value / largest : 0))).rounded())
      }
      return Picture(title: "\(index)", image: Bitmap(width: width, height: height, rgb: rgb))
    }
    self.init(title: title, pictures: pictures, columns: 16, side: 64)
  }
}
