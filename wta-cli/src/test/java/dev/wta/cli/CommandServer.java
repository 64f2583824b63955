package dev.wta.cli;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleLogger;
import org.slf4j.simple.SimpleLoggerFactory;
import org.slf4j.spi.LocationAwareLogger;

/**
 * A program that runs one command line after another, each as {@link Main} runs its only one: tests
 * then start a JVM for a folder instead of one for each line. A line comes through a socket, as the
 * number of its arguments and the arguments; back goes its exit code.
 */
public final class CommandServer {
  private CommandServer() {}

  /** Serves at the port of this machine that the only argument names, until the other side ends. */
  public static void main(String... args) throws IOException, ReflectiveOperationException {
    Main.prepare();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        DataInputStream lines = new DataInputStream(socket.getInputStream());
        DataOutputStream codes = new DataOutputStream(socket.getOutputStream())) {
      for (int count = lines.read(); count >= 0; count = lines.read()) {
        String[] line = new String[count];
        for (int i = 0; i < count; i++) {
          line[i] = lines.readUTF();
        }
        setLogLevel(line);
        codes.writeInt(Main.run(line));
      }
    }
  }

  /** A logger keeps the level that it was made at, and each line has its own. */
  private static void setLogLevel(String... line) throws ReflectiveOperationException {
    List<String> options = List.of(line);
    int wanted =
        options.contains("--quiet") || options.contains("-q")
            ? LocationAwareLogger.WARN_INT
            : LocationAwareLogger.INFO_INT;
    Field level = SimpleLogger.class.getDeclaredField("currentLogLevel");
    level.setAccessible(true);
    Field made = SimpleLoggerFactory.class.getDeclaredField("loggerMap");
    made.setAccessible(true);
    for (Object logger : ((Map<?, ?>) made.get(LoggerFactory.getILoggerFactory())).values()) {
      if (((Logger) logger).getName().startsWith("dev.wta")) {
        level.set(logger, wanted);
      }
    }
  }
}
