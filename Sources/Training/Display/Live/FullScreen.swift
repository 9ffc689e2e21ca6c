@preconcurrency import Glibc
import Synchronization

/// The terminal as a page of its own, with keys that are read one by one, until ``leave()``.
///
/// The terminal gets its state back on every way out of the process that a program can see: at the end of the page, at
/// `exit`, at signals that end the process, at a crash, and while it is suspended (Ctrl-Z). Handlers use only what POSIX
/// allows in them.
enum FullScreen {
  private static let isActive = Atomic(false)
  /// Whether keys are read.
  private static let hasKeys = Atomic(false)
  /// The settings of the terminal before. Written before the handlers are installed.
  nonisolated(unsafe) private static let settings = UnsafeMutablePointer<termios>.allocate(capacity: 1)
  /// What the program did at each signal before.
  nonisolated(unsafe) private static let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)

  /// Signals at which a program ends that does not handle them. Where a program handles one, it restores the terminal
  /// itself by ``LiveView/restoreTerminal()``.
  private static let requests = [SIGINT, SIGTERM, SIGHUP]
  /// Signals of a crash, and that of Ctrl-\. The runtime of Swift may handle them, and leave the terminal as it is.
  private static let crashes = [SIGQUIT, SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE]

  /// Shows an empty page.
  ///
  /// - Returns: whether keys are read: the standard input is a terminal, and the program is not in its background, where
  ///   reading would suspend it.
  @discardableResult
  static func enter() -> Bool {
    guard !isActive.load(ordering: .acquiring) else { return hasKeys.load(ordering: .relaxed) }
    let foreground = tcgetpgrp(STDIN_FILENO)
    let reads =
      isatty(STDIN_FILENO) == 1 && [-1, getpgrp()].contains(foreground) && tcgetattr(STDIN_FILENO, settings) == 0
    hasKeys.store(reads, ordering: .relaxed)
    _ = atExit
    for number in requests where handles(number, replacingOnlyDefault: true) { install(number, endHandler) }
    for number in crashes where handles(number, replacingOnlyDefault: false) { install(number, endHandler) }
    if handles(SIGTSTP, replacingOnlyDefault: true) { install(SIGTSTP, suspendHandler) }
    show()
    return reads
  }

  /// Whether the page is shown.
  static var isShown: Bool { isActive.load(ordering: .acquiring) }

  /// Shows what was there before.
  static func leave() {
    hide()
    for number in requests + crashes + [SIGTSTP] where isInstalled[Int(number)] {
      sigaction(number, actions + Int(number), nil)
    }
    for number in isInstalled.indices { isInstalled[number] = false }
  }

  /// Restores the terminal alone; safe in a signal handler.
  static func hide() {
    guard isActive.exchange(false, ordering: .acquiringAndReleasing) else { return }
    if hasKeys.load(ordering: .relaxed) { tcsetattr(STDIN_FILENO, TCSANOW, settings) }
    // The cursor is shown, and the other page.
    send("\u{1B}[?25h\u{1B}[?1049l")
  }

  /// Restores the terminal at `exit`; installed once, at the first use.
  private static let atExit: Int32 = atexit { FullScreen.hide() }

  private static func show() {
    isActive.store(true, ordering: .releasing)
    if hasKeys.load(ordering: .relaxed) {
      var raw = settings.pointee
      // Keys come one by one and are not shown. Ctrl-C stays a signal.
      raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
      tcsetattr(STDIN_FILENO, TCSANOW, &raw)
    }
    send("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
  }

  private static func send(_ text: StaticString) {
    _ = write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  // MARK: Signals

  /// For which signals a handler is installed.
  nonisolated(unsafe) private static let isInstalled: UnsafeMutableBufferPointer<Bool> = {
    let marks = UnsafeMutableBufferPointer<Bool>.allocate(capacity: 65)
    marks.initialize(repeating: false)
    return marks
  }()

  private static func handles(_ number: Int32, replacingOnlyDefault: Bool) -> Bool {
    sigaction(number, nil, actions + Int(number))
    // 0 stands for the default, 1 for a signal that is ignored.
    let action = unsafeBitCast(actions[Int(number)].__sigaction_handler.sa_handler, to: Int.self)
    return replacingOnlyDefault ? action == 0 : action != 1
  }

  private static func install(_ number: Int32, _ handler: __sighandler_t) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = handler
    sigaction(number, &action, nil)
    isInstalled[Int(number)] = true
  }

  /// Restores the terminal, and lets the signal do what it did before.
  private static let endHandler: __sighandler_t = { number in
    FullScreen.hide()
    sigaction(number, FullScreen.actions + Int(number), nil)
    raise(number)
  }

  /// Restores the terminal, suspends the process, and shows the page again when it continues.
  private static let suspendHandler: __sighandler_t = { number in
    let code = errno
    FullScreen.hide()
    var action = sigaction()
    sigaction(number, &action, nil)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
    action.__sigaction_handler.sa_handler = FullScreen.suspendHandler
    sigaction(number, &action, nil)
    FullScreen.show()
    errno = code
  }
}
