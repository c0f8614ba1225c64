import Testing

@testable import MDLMCommand

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct InterruptionTests {
  @Test func workGoesOnWithoutASignal() throws {
    let interruption = Interruption(signals: [])
    try interruption.check()
    #expect(!interruption.isRequested)
  }

  @Test(arguments: [(SIGINT, ExitCode.interrupted), (SIGTERM, .terminated)])
  func firstSignalEndsWorkWithItsCode(number: Int32, code: ExitCode) {
    let interruption = Interruption(signals: [])
    interruption.receive(number)
    #expect(interruption.isRequested)
    #expect(throws: Interruption.Caught(exitCode: code)) { try interruption.check() }
  }

  @Test func secondSignalEndsTheProcess() async {
    await #expect(processExitsWith: .exitCode(ExitCode.interrupted.rawValue)) {
      let interruption = Interruption(signals: [])
      interruption.receive(SIGTERM)
      interruption.receive(SIGINT)
    }
  }

  @Test func firstSignalEndsTheProcessWhereNothingWouldBeLost() async {
    await #expect(processExitsWith: .exitCode(ExitCode.terminated.rawValue)) {
      let interruption = Interruption(signals: [])
      interruption.endingAtOnce { interruption.receive(SIGTERM) }
    }
  }

  @Test func hangupIsSurvived() async {
    await #expect(processExitsWith: .success) {
      let interruption = Interruption(signals: [SIGTERM])
      interruption.surviveHangup()
      kill(getpid(), SIGHUP)
      exit(0)
    }
  }

  @Test func watchedSignalSetsTheFlag() async {
    await #expect(processExitsWith: .exitCode(ExitCode.terminated.rawValue)) {
      let interruption = Interruption(signals: [SIGTERM])
      interruption.watch()
      kill(getpid(), SIGTERM)
      while !interruption.isRequested { usleep(1000) }
      do throws(Interruption.Caught) {
        try interruption.check()
      } catch {
        exit(error.exitCode.rawValue)
      }
    }
  }
}
