import ArgumentParser
import Kilim

/// How gradients travel between processes.
struct GradientOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The type of the numbers in which processes exchange gradients: bfloat16 needs half the bandwidth of float32.",
      valueName: "type"))
  var gradientPrecision = Distribution.GradientPrecision.float32
}

extension Distribution.GradientPrecision: ExpressibleByArgument {}
