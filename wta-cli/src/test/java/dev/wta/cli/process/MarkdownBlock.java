package dev.wta.cli.process;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fenced block of a Markdown document and what its author says a test shall do with it, in a
 * comment above it: {@code <!-- test: run -->}.
 *
 * @param line where the block begins, from 1
 * @param language what follows the opening fence: {@code sh}, {@code java}
 * @param directive what follows {@code test:}; empty without such a comment
 * @param lines the block's text
 */
record MarkdownBlock(int line, String language, String directive, List<String> lines) {
  private static final Pattern DIRECTIVE = Pattern.compile("<!--\\s*test:\\s*(.+?)\\s*-->");
  private static final Pattern FENCE = Pattern.compile("```(\\S*).*");

  /** The blocks of a document, in its order. */
  static List<MarkdownBlock> of(List<String> document) {
    List<MarkdownBlock> blocks = new ArrayList<>();
    String directive = "";
    for (int i = 0; i < document.size(); i++) {
      String line = document.get(i).strip();
      Matcher comment = DIRECTIVE.matcher(line);
      Matcher fence = FENCE.matcher(line);
      if (comment.matches()) {
        directive = comment.group(1);
      } else if (fence.matches()) {
        int end = i + 1;
        while (!document.get(end).strip().equals("```")) {
          end++;
        }
        blocks.add(
            new MarkdownBlock(
                i + 1, fence.group(1), directive, List.copyOf(document.subList(i + 1, end))));
        i = end;
        directive = "";
      } else if (!line.isEmpty()) {
        directive = "";
      }
    }
    return blocks;
  }

  /**
   * The commands of a shell block: whole lines, or, in a {@code console} block, those after {@code
   * $}. A backslash at a line's end continues it; comments are left out.
   */
  List<String> commands() {
    List<String> commands = new ArrayList<>();
    StringBuilder open = new StringBuilder();
    for (String raw : lines) {
      String line = raw.strip();
      if (language.equals("console") && open.isEmpty()) {
        if (!line.startsWith("$ ")) {
          continue; // what the command before it printed
        }
        line = line.substring(2);
      }
      line = line.replaceFirst("(^|\\s)#.*", "").strip();
      if (line.endsWith("\\")) {
        open.append(line, 0, line.length() - 1).append(' ');
      } else if (!line.isEmpty() || !open.isEmpty()) {
        commands.add(open.append(line).toString().strip());
        open.setLength(0);
      }
    }
    return commands;
  }
}
