package dev.wta.cli;

import dev.wta.api.WtaException;
import dev.wta.cli.command.BackendsCommand;
import dev.wta.cli.command.CompareCommand;
import dev.wta.cli.command.CompletionCommand;
import dev.wta.cli.command.EncodeCommand;
import dev.wta.cli.command.EvaluateCommand;
import dev.wta.cli.command.ExportCommand;
import dev.wta.cli.command.FiltersCommand;
import dev.wta.cli.command.HelpCommand;
import dev.wta.cli.command.InfoCommand;
import dev.wta.cli.command.PartsCommand;
import dev.wta.cli.command.PredictCommand;
import dev.wta.cli.command.ProbeCommand;
import dev.wta.cli.command.RanksCommand;
import dev.wta.cli.command.ReportCommand;
import dev.wta.cli.command.ReproduceCommand;
import dev.wta.cli.command.SynthesiseCommand;
import dev.wta.cli.demo.DemoCommand;
import dev.wta.cli.importing.ImportCommand;
import dev.wta.cli.option.OptionHeading;
import dev.wta.cli.output.OutputPaths;
import dev.wta.cli.training.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code wta} itself: what all commands share, and the list of them. */
@Command(
    name = "wta",
    description =
        "Trains and evaluates sparse autoencoders: winner-take-all, TopK, JumpReLU and others.",
    synopsisSubcommandLabel = "<command>",
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      ImportCommand.class,
      TrainCommand.class,
      ProbeCommand.class,
      EvaluateCommand.class,
      FiltersCommand.class,
      ReportCommand.class,
      InfoCommand.class,
      CompareCommand.class,
      EncodeCommand.class,
      PredictCommand.class,
      RanksCommand.class,
      PartsCommand.class,
      SynthesiseCommand.class,
      ReproduceCommand.class,
      ExportCommand.class,
      BackendsCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    },
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta demo                      train, probe and plot, on built-in data",
      "  wta help train                the options of a command, with examples",
      "  wta backends                  the backends that can run on this machine"
    })
@OptionHeading("All commands")
final class RootCommand implements Runnable {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the versions of wta and of Java.")
  boolean version;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Log more, and show the stack trace of an error.")
  boolean verbose;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "Show results and errors only, no progress and no notes.")
  boolean quiet;

  @Spec CommandSpec spec;

  /** Chooses how much is logged before anything can log, and lets nothing be destroyed. */
  int execute(ParseResult line) {
    System.setProperty(
        "org.slf4j.simpleLogger.log.dev.wta", verbose ? "debug" : quiet ? "warn" : "info");
    try {
      OutputPaths.check(line);
    } catch (WtaException refused) { // to the handler, as what a command throws
      throw new ExecutionException(spec.commandLine(), refused.getMessage(), refused);
    }
    return new CommandLine.RunLast().execute(line);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
