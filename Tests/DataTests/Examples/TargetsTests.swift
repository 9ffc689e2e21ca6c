import Data
import Tensor
import Testing

/// What the targets of a source mean follows from their type.
@Suite struct TargetsTests {
  private enum Kind: String, CaseIterable, ExampleTarget { case wool, cotton }

  private func dataset<Target: ExampleTarget>(
    _ targets: [Target], classes: [String]? = nil, mode: LabelMode = .oneHot
  ) throws -> TensorDataset {
    let rows = targets.indices.map { [Float($0)] }
    return try TensorDataset(Examples(rows, targets, targetNames: classes), targets: mode)
  }

  @Test func followTheType() throws {
    let names = try dataset(["b", "a", "b"])
    #expect(names.targetMeaning == .oneClass(names: ["a", "b"]) && names.classes == ["a", "b"])
    #expect(names.targets == Tensor(shape: [3, 2], scalars: [0, 1, 1, 0, 0, 1]))
    #expect(try dataset(["b", "a"], mode: .index).targets == Tensor([1, 0]))
    #expect(try dataset(["b", "a"], mode: .binary).targets == Tensor(shape: [2, 1], scalars: [1, 0]))
    // All cases of an enumeration are classes, in their order, also those that do not occur.
    #expect(try dataset([Kind.cotton]).targetMeaning == .oneClass(names: ["wool", "cotton"]))
    let sets = try dataset([["b", "a"], [], ["c", "c"]])
    #expect(sets.targetMeaning == .severalClasses(names: ["a", "b", "c"]))
    #expect(sets.targets == Tensor(shape: [3, 3], scalars: [1, 1, 0, 0, 0, 0, 0, 0, 1]))
    #expect(try dataset([Set(["b", "a"])]).targets == Tensor(shape: [1, 2], scalars: [1, 1]))
    let number = try dataset([2.5 as Float, -1])
    #expect(number.targetMeaning == .numbers(names: ["value"], scaling: nil) && number.classes.isEmpty)
    #expect(number.targets == Tensor(shape: [2, 1], scalars: [2.5, -1]))
    #expect(try dataset([[1.0, 2.0]]).targetMeaning == .numbers(names: ["value 1", "value 2"], scaling: nil))
    #expect(try dataset([NoTarget(), NoTarget()]).targets.shape == [2, 0])
  }

  @Test func takeGivenClassesInTheirOrder() throws {
    #expect(try dataset(["b", "a"], classes: ["b", "z", "a"]).targets.scalars == [1, 0, 0, 0, 0, 1])
    #expect(throws: TargetValueError.unknownClass(example: 1, "a", known: ["b", "c"])) {
      try dataset(["b", "a"], classes: ["b", "c"])
    }
    #expect(throws: TargetValueError.repeatedClass("b")) { try dataset(["b"], classes: ["b", "b"]) }
    // One class that is given is enough: these are photos to add to others.
    #expect(try dataset(["b", "b"], classes: ["b"]).classes == ["b"])
    // Two spellings of é are two classes, as two folders are.
    #expect(try dataset(["\u{e9}", "e\u{301}"]).classes.count == 2)
  }

  @Test func refuseWhatCannotBeUsed() {
    #expect(throws: TargetValueError.tooFewClasses(["a"], expected: 2)) { try dataset(["a", "a"]) }
    #expect(throws: TargetValueError.emptyName(example: 1)) { try dataset(["a", ""]) }
    #expect(throws: TargetValueError.emptyName(example: 0)) { try dataset([[""]]) }
    #expect(throws: TargetValueError.self) { try dataset([1, Float.nan]) }
    #expect(throws: TargetValueError.rowLength(example: 1, found: 1, expected: 2)) {
      try dataset([[1.0, 2.0], [1.0]])
    }
    #expect(throws: TargetValueError.self) { try dataset([1.0, 2.0], mode: .index) }
    #expect(throws: TargetValueError.self) { try dataset(["a", "b", "c"], mode: .binary) }
    #expect(throws: TargetValueError.self) { try dataset([["a"], ["b"]], mode: .binary) }
    #expect(throws: DatasetError.countsDiffer(inputs: 1, targets: 2)) { try Examples([[1 as Float]], ["a", "b"]) }
  }
}
