package dev.wta.cli.terminal;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** A function of the C library that returns an {@code int}. */
record NativeCall(MethodHandle function) {
  /** The function of that name; empty where the system has none. */
  @SuppressWarnings("restricted") // the launcher grants native access
  static Optional<NativeCall> find(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(address -> new NativeCall(linker.downcallHandle(address, signature, options)));
  }

  int call(Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (
        Throwable impossible) { // a C function throws nothing; invoke's signature says it might
      throw new IllegalStateException(impossible);
    }
  }
}
