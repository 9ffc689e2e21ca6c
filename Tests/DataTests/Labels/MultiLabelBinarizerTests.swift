import Data
import Tensor
import Testing

@Suite struct MultiLabelBinarizerTests {
  struct Case: Decodable {
    let sets: [[String]]
    let classes: [String]
    let query: [[String]]
    let rows: [[Float]]
    let inverse: [[String]]
  }

  @Test func equalsScikitLearn() throws {
    for expected in try readFixture("multilabel.json", as: [Case].self) {
      let binarizer = try MultiLabelBinarizer(expected.sets)
      #expect(binarizer.classes == expected.classes)
      let rows = binarizer.transform(expected.query)
      #expect(rows.shape == [expected.rows.count, expected.classes.count])
      #expect(rows.scalars == expected.rows.flatMap(\.self))
      #expect(try binarizer.inverseTransform(rows) == expected.inverse)
    }
  }

  @Test func leavesUnknownLabelsOutAndRefusesOtherShapes() throws {
    let binarizer = try MultiLabelBinarizer([[3, 1], []])
    #expect(binarizer.transform([[1, 7, 1]]).scalars == [1, 0])
    #expect(try binarizer.inverseTransform(Tensor(shape: [1, 2], scalars: [.nan, 0.6])) == [[3]])
    #expect(throws: LabelError.shape(found: [2], classes: 2)) { try binarizer.inverseTransform(Tensor([0, 1])) }
    #expect(throws: LabelError.noLabels) { try MultiLabelBinarizer([[String]]()) }
  }
}
