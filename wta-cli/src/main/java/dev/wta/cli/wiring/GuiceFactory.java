package dev.wta.cli.wiring;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;

/**
 * Lets picocli make commands by an injector, also those that other jars add. The injector is made
 * with the first command that runs: help and wrong command lines do without it.
 */
public final class GuiceFactory implements IFactory {
  private final Module module;
  private final IFactory plain = CommandLine.defaultFactory();
  private Injector injector;

  public GuiceFactory(Module module) {
    this.module = module;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (!type.isAnnotationPresent(Command.class)) {
      return plain.create(type);
    }
    if (injector == null) {
      injector = Guice.createInjector(module);
    }
    return injector.getInstance(type);
  }
}
