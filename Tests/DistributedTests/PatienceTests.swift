import Distributed
import Testing

@Suite struct PatienceTests {
  @Test func secondsAreRead() throws {
    #expect(try Distributed.patienceSetting("60") == 60 && Distributed.patienceSetting("0.5") == 0.5)
  }

  /// Neither the default nor a wait without end.
  @Test(arguments: ["2O", " ", "nan", "inf", "-1", "0", "20 s"]) func anythingElseIsRefused(_ text: String) {
    let error = #expect(throws: DistributedError.self) { try Distributed.patienceSetting(text) }
    #expect(
      error.map { "\($0)" }
        == "the environment variable KILIM_PATIENCE holds \"\(text)\", expected a number of seconds above 0")
  }
}
