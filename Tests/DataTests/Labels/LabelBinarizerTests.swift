import Data
import Tensor
import Testing

@Suite struct LabelBinarizerTests {
  struct Case: Decodable {
    struct Query: Decodable {
      let labels: [String]
      let rows: [[Float]]
    }
    let labels: [String]
    let negative: Float
    let positive: Float
    let classes: [String]
    let queries: [Query]
  }

  @Test func transformsAsScikitLearn() throws {
    for expected in try readFixture("binarizer.json", as: [Case].self) {
      let binarizer = try LabelBinarizer(
        expected.labels, negative: expected.negative, positive: expected.positive)
      // Unicode scalars, since Swift takes both spellings of é for equal.
      #expect(binarizer.classes.map { Array($0.unicodeScalars) } == expected.classes.map { Array($0.unicodeScalars) })
      for query in expected.queries {
        let rows = try binarizer.transform(query.labels)
        #expect(rows.shape == [query.rows.count, query.rows[0].count], "\(query.labels)")
        #expect(rows.scalars == query.rows.flatMap { $0 }, "\(query.labels)")
      }
    }
  }

  struct InverseCase: Decodable {
    let labels: [String]
    let shape: [Int]
    let threshold: Float?
    let scores: [Float?]
    let found: [String]
  }

  @Test func invertsAsScikitLearn() throws {
    for expected in try readFixture("inverse.json", as: [InverseCase].self) {
      let binarizer = try LabelBinarizer(expected.labels)
      let scores = Tensor(shape: Shape(expected.shape), scalars: expected.scores.map { $0 ?? .nan })
      #expect(try binarizer.inverseTransform(scores, threshold: expected.threshold) == expected.found)
    }
  }

  @Test func sortsNumbersBySize() throws {
    let binarizer = try LabelBinarizer([10, 9, -3, 9])
    #expect(binarizer.classes == [-3, 9, 10])
    #expect(try binarizer.inverseTransform(binarizer.transform([9, 10, -3])) == [9, 10, -3])
  }

  @Test func refusesWhatScikitLearnRefuses() throws {
    #expect(throws: LabelError.noLabels) { try LabelBinarizer([String]()) }
    #expect(throws: LabelError.valuesOutOfOrder(negative: 1, positive: 1)) {
      try LabelBinarizer(["a"], negative: 1, positive: 1)
    }
    let two = try LabelBinarizer(["a", "b"])
    #expect(throws: LabelError.noLabels) { try two.transform([]) }
    #expect(throws: LabelError.shape(found: [1, 3], classes: 2)) {
      try two.inverseTransform(Tensor(zeros: [1, 3]))
    }
    #expect(throws: LabelError.shape(found: [4, 2], classes: 3)) {
      try LabelBinarizer([1, 2, 3]).inverseTransform(Tensor(zeros: [4, 2]))
    }
  }
}
