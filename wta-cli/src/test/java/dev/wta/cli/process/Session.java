package dev.wta.cli.process;

import dev.wta.cli.CommandServer;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A {@link CommandServer} at work in a folder, and what its command lines print. There is one at a
 * time: the first line for another folder ends it.
 */
final class Session implements AutoCloseable {
  private static Session open;

  private final Path directory;
  private final Wta.Running server;
  private final Socket socket;
  private final DataInputStream codes;
  private final DataOutputStream lines;

  /** How much of what the server printed belongs to lines before. */
  private int seenOut;

  private int seenErr;

  private Session(Path directory, int patienceSeconds) throws IOException {
    this.directory = directory;
    try (ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      door.setSoTimeout((int) TimeUnit.SECONDS.toMillis(patienceSeconds));
      server =
          Wta.in(directory)
              .running(CommandServer.class)
              .start(Integer.toString(door.getLocalPort()));
      socket = door.accept();
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(patienceSeconds));
      codes = new DataInputStream(socket.getInputStream());
      lines = new DataOutputStream(socket.getOutputStream());
    }
  }

  /** Runs a command line in a folder, by the server that is there or a new one. */
  static synchronized Wta.Result run(Path directory, int patienceSeconds, String... line) {
    try {
      if (open == null || !open.directory.equals(directory)) {
        closeOpen();
        open = new Session(directory, patienceSeconds);
      }
      return open.run(line);
    } catch (IOException failure) {
      String errors = open == null ? "" : open.server.errorText();
      closeOpen();
      throw new UncheckedIOException(
          "no answer to 'wta " + String.join(" ", line) + "'; " + errors, failure);
    }
  }

  private static synchronized void closeOpen() {
    if (open != null) {
      open.close();
      open = null;
    }
  }

  private Wta.Result run(String... line) throws IOException {
    lines.write(line.length);
    for (String argument : line) {
      lines.writeUTF(argument);
    }
    lines.flush();
    int exit = codes.readInt();
    byte[] out = Files.readAllBytes(server.out());
    byte[] err = Files.readAllBytes(server.err());
    Wta.Result result =
        new Wta.Result(exit, text(out, seenOut), Wta.withoutRemark(text(err, seenErr)));
    seenOut = out.length;
    seenErr = err.length;
    return result;
  }

  private static String text(byte[] printed, int from) {
    return new String(Arrays.copyOfRange(printed, from, printed.length), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    try {
      socket.close(); // which ends the server
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.result();
  }
}
