package dev.wta.backend.cpu.tile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The machine code that {@code -XX:CompileCommand=print} prints in hexadecimal, disassembled. */
final class MachineCode {
  /** The head of a method that C2 compiled, not for replacing one that runs. */
  private static final Pattern METHOD =
      Pattern.compile("Compiled method \\(c2\\) [^%]* \\S*\\.(\\w+)::(?:multiply|convolve) \\(.*");

  private static final Pattern BYTES = Pattern.compile("  (0x[0-9a-f]+): ([0-9a-f]{2}[0-9a-f |]*)");

  private static final Pattern INSTRUCTION =
      Pattern.compile("\\s*([0-9a-f]+):\\t[0-9a-f ]+\\t(.*)");

  private static final Pattern JUMP = Pattern.compile("j\\w+ +0x([0-9a-f]+).*");

  private MachineCode() {}

  static boolean canDisassemble() {
    try {
      return new ProcessBuilder("objdump", "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * The instructions of each class's method as C2 compiled it last, by the class's simple name,
   * each behind its address and a colon.
   *
   * @param printed what the JVM printed
   * @param folder for files that objdump reads
   */
  static Map<String, List<String>> ofCompiled(Path printed, Path folder)
      throws IOException, InterruptedException {
    Map<String, StringBuilder> bytes = new HashMap<>();
    Map<String, String> addresses = new HashMap<>();
    String name = null;
    for (String line : Files.readAllLines(printed)) {
      Matcher method = METHOD.matcher(line);
      Matcher code = BYTES.matcher(line);
      if (line.startsWith("Compiled method")) {
        name = method.matches() ? method.group(1) : null;
        bytes.put(name, new StringBuilder());
        addresses.remove(name);
      } else if (name != null && code.matches()) {
        addresses.putIfAbsent(name, code.group(1));
        bytes.get(name).append(code.group(2).replaceAll("[ |]", ""));
      }
    }
    Map<String, List<String>> methods = new HashMap<>();
    for (Map.Entry<String, String> method : addresses.entrySet()) {
      Path file = folder.resolve(method.getKey() + ".bin");
      Files.write(file, HexFormat.of().parseHex(bytes.get(method.getKey())));
      methods.put(method.getKey(), disassembled(file, method.getValue()));
    }
    return methods;
  }

  private static List<String> disassembled(Path file, String address)
      throws IOException, InterruptedException {
    Path listing = Path.of(file + ".txt");
    Process objdump =
        new ProcessBuilder(
                "objdump",
                "--disassemble-all",
                "--target=binary",
                "--architecture=i386:x86-64",
                "--disassembler-options=intel",
                "--adjust-vma=" + address,
                file.toString())
            .redirectOutput(listing.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    if (objdump.waitFor() != 0) {
      throw new AssertionError("objdump failed on " + file);
    }
    List<String> instructions = new ArrayList<>();
    for (String line : Files.readAllLines(listing)) {
      Matcher instruction = INSTRUCTION.matcher(line);
      if (instruction.matches()) {
        instructions.add(instruction.group(1) + ":" + instruction.group(2).strip());
      }
    }
    return instructions;
  }

  /**
   * The instructions between a jump back and its target, both included, where no other such jump is
   * between them; without addresses.
   */
  static List<List<String>> innermostLoops(List<String> code) {
    Map<String, Integer> at = new HashMap<>();
    List<String> instructions = new ArrayList<>();
    List<List<String>> loops = new ArrayList<>();
    int last = -1; // where the innermost loop before began
    for (String line : code) {
      int colon = line.indexOf(':');
      at.put(line.substring(0, colon), instructions.size());
      instructions.add(line.substring(colon + 1));
      Matcher jump = JUMP.matcher(instructions.getLast());
      Integer first = jump.matches() ? at.get(jump.group(1)) : null;
      if (first != null && first > last) {
        loops.add(List.copyOf(instructions.subList(first, instructions.size())));
        last = first;
      }
    }
    return loops;
  }
}
