import ArgumentParser
import Foundation
import Kilim

/// `divar train`: a folder of photos in, a trained model, its charts and its figures out.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Trains the original network on a folder of photos.",
    discussion: """
      The photos of each class lie in a sub-folder of their own. Ctrl-C ends the training after the step under way; \
      what was reached until then is written, and the exit code is 130.

      While it trains, the state of the training is kept in the folder "checkpoints" of the output: the three newest \
      checkpoints and that of the best epoch. Whatever ends the training (Ctrl-C, a crash, a power cut), the same \
      command with --resume goes on from there, and leads to the same model, to the bit, as if nothing had happened. \
      More epochs may be asked for then, also after the end; all else must be as it was.
      """)

  @Option(help: "The folder with one sub-folder of photos for each class.")
  var data: String

  @Option(help: "The folder for the model, the charts and the figures.")
  var output: String

  @Option(help: "How often all photos are gone through.")
  var epochs = 20

  @Option(help: "The number of photos in a training step.")
  var batchSize = 32

  @Option(help: "Decides on the split, the first weights, the order of the photos, the dropout and the augmentation.")
  var seed: UInt32 = 1

  @Option(help: "Height and width that photos are resized to.")
  var imageSize = 64

  @Option(help: "The share of the photos that is kept for testing.")
  var testShare = 0.2

  @Flag(help: "Change the training photos at random: flip, shift, rotation, zoom, brightness, contrast.")
  var augment = false

  @Option(help: "A file to keep the decoded photos in: another run on the same photos reads them from there.")
  var cache: String?

  @Flag(help: "Keep files with the same bytes on one side of the split, so that none is trained and tested on.")
  var duplicatesTogether = false

  @Option(help: "How classes of different sizes come to count the same: by weights in the loss, or by sampling.")
  var balance: Balance = .none

  @Flag(help: "Go on from the newest whole checkpoint in the output folder; begin anew where there is none.")
  var resume = false

  @Flag(help: "Begin anew although the output folder has checkpoints, and remove them.")
  var restart = false

  @Option(help: ArgumentHelp("The time between two checkpoints, 0 for one after each step.", valueName: "seconds"))
  var checkpointEvery = 60.0

  @Flag(help: "Leave out files that cannot be read, and list them, instead of ending with an error.")
  var skipUnreadable = false

  func validate() throws {
    guard epochs >= 1 else { throw ValidationError("--epochs is \(epochs), at least 1 is needed") }
    guard batchSize >= 1 else { throw ValidationError("--batch-size is \(batchSize), at least 1 is needed") }
    guard imageSize >= 16 else {
      throw ValidationError("--image-size is \(imageSize), at least 16 is needed: the network halves it four times")
    }
    guard testShare > 0, testShare < 1 else {
      throw ValidationError("--test-share is \(testShare), a number between 0 and 1 is needed")
    }
    guard checkpointEvery >= 0 else {
      throw ValidationError("--checkpoint-every is \(checkpointEvery), 0 or more seconds are needed")
    }
    guard !(resume && restart) else { throw ValidationError("--resume and --restart contradict each other") }
  }

  func run() throws {
    let run = try RunFolder(output)
    let checkpoints = Checkpoints(
      run.path("checkpoints"), every: .seconds(checkpointEvery), resume: !restart)
    guard resume || restart || checkpoints.newest == nil else { throw EarlierRunError(folder: output) }
    let photos = try ImageFolder(
      data, imageSize: ImageSize(square: imageSize), unreadable: skipUnreadable ? .skipping : .throwing,
      storage: cache.map { .cache(path: $0) } ?? .automatic)
    for skipped in photos.skipped { print("left out: \(skipped)") }
    let (train, test) = try photos.split(
      testShare: testShare, seed: seed, keepingDuplicatesTogether: duplicatesTogether)
    print(
      "\(photos.images.count) photos of \(photos.classes.count) classes: \(train.count) to train, \(test.count) to test"
    )

    let model = try originalNetwork(imageSize: imageSize, classCount: photos.classes.count, seed: UInt64(seed))
    print(model.summary())
    let stop = StopRequest()
    let training = KerasTraining(optimizer: Adam(), loss: .categoricalCrossEntropy)
    let history = try withInterrupt(requesting: stop) {
      try model.fit(
        balance == .sampling ? train.balanced(seed: UInt64(seed)) : train, validation: test, epochs: epochs,
        batchSize: batchSize, optimizer: training.optimizer, loss: training.loss, metrics: training.metrics,
        seed: UInt64(seed), augmentation: augment ? .standard : nil,
        classWeights: balance == .weights ? train.classWeights : nil,
        callbacks: [CSVLogger(run.path("history.csv")), stop], checkpoints: checkpoints)
    }
    if history.wasStopped {
      print("stopped after \(history.epochs.count) of \(epochs) epochs; the same command with --resume goes on")
    }

    let evaluation = try model.evaluate(test, batchSize: batchSize, loss: training.loss)
    try run.write(KerasFile(model: model, training: training), history, evaluation, test)
    let figures = evaluation.figures
    print(String(format: "test accuracy %.4f  test loss %.4f", figures.accuracy ?? 0, figures.loss))
    if history.wasStopped { throw ExitCode(130) }
  }
}

/// How classes of different sizes come to count the same.
enum Balance: String, ExpressibleByArgument, CaseIterable {
  /// They do not.
  case none
  /// The photos of small classes weigh more in the loss.
  case weights
  /// The photos of small classes occur several times in an epoch.
  case sampling
}
