package dev.wta.data.importer.format;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ClassNames;
import dev.wta.data.ElementType;
import dev.wta.data.importer.ArrowImport;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.SampleChunk;
import dev.wta.data.importer.SampleSource;
import dev.wta.data.importer.SourceFile;
import dev.wta.data.importer.archive.FileTree;
import dev.wta.data.importer.archive.SingleFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Imports CIFAR-10's binary version: records of a byte that is the label, 0 to 9, and the red,
 * green and blue planes of an image of 32x32, a byte a value.
 */
public final class Cifar10 {
  static final Shape SAMPLE = Shape.of(3, 32, 32);

  private static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final int BATCHES = 5;
  private static final int VALUES = 3 * 32 * 32;
  private static final int RECORD_BYTES = 1 + VALUES;

  /** CIFAR-100's records have a coarse label before the fine one. */
  private static final int RECORD_BYTES_100 = 2 + VALUES;

  /** The two parts of the data set, and what their files are called. */
  public enum Part {
    TRAIN("data_batch_\\d+\\.bin", "data_batch_1.bin"),
    TEST("test_batch\\.bin", "test_batch.bin");

    private final Pattern file;
    private final String example;

    Part(String file, String example) {
      this.example = example;
      this.file = Pattern.compile("(?:.*/)?" + file);
    }

    private Part other() {
      return this == TRAIN ? TEST : TRAIN;
    }
  }

  private Cifar10() {}

  /**
   * Writes images, {@code (3, 32, 32)}, and their labels to an Arrow file, which replaces what was
   * there.
   *
   * @param source a file of records, which may be compressed with gzip; or the folder or archive
   *     that the data set comes as
   * @param part of a folder or archive; the training set if empty. A single file has no parts
   * @throws WtaException if the source is missing, damaged or of another form, or the target cannot
   *     be written
   */
  public static ImportSummary convert(Path source, Optional<Part> part, ImportTarget target) {
    boolean whole = !Files.isDirectory(source) && !FileTree.isArchive(source);
    if (whole && part.isPresent()) {
      throw new WtaException(
          "%s is one file, which has no parts to choose from".formatted(source),
          "leave out --part, or give the folder or the archive");
    }
    Part chosen = part.orElse(Part.TRAIN);
    try (FileTree files = whole ? single(source, target.out()) : parts(source, chosen, target);
        Records records = new Records(source, files, whole)) {
      Map<String, String> provenance = new LinkedHashMap<>();
      provenance.put("wta.import", "cifar10");
      provenance.put("wta.source", source.getFileName().toString());
      if (!whole) {
        provenance.put("wta.part", chosen.name().toLowerCase(Locale.ROOT));
      }
      ClassNames.put(provenance, CLASSES);
      return ArrowImport.write(records, provenance, target);
    }
  }

  private static FileTree single(Path source, Path out) {
    SourceFile.requireOther(source, out);
    return SingleFile.open(source);
  }

  private static FileTree parts(Path source, Part part, ImportTarget target) {
    Set<Boolean> others = new HashSet<>();
    FileTree files =
        FileTree.open(
            source,
            name -> {
              others.add(part.other().file.matcher(name).matches());
              return part.file.matcher(name).matches();
            },
            target.out(),
            target.listener());
    if (files.names().isEmpty()) {
      files.close();
      boolean other = others.contains(true);
      throw new WtaException(
          "%s holds no %s%s"
              .formatted(source, part.example, other ? ", but " + part.other().example : ""),
          other
              ? "give --part %s for that".formatted(part.other().name().toLowerCase(Locale.ROOT))
              : "give CIFAR-10's binary version, such as cifar-10-binary.tar.gz");
    }
    noteMissing(source, part, files, target.listener());
    return files;
  }

  private static void noteMissing(Path source, Part part, FileTree files, ImportListener listener) {
    if (part == Part.TRAIN && files.names().size() != BATCHES) {
      listener.note(
          "%s holds %d of the files data_batch_1.bin to data_batch_%d.bin that CIFAR-10 has: %s"
              .formatted(source, files.names().size(), BATCHES, String.join(", ", files.names())));
    }
  }

  /** The records of some files, one file after the other. */
  private static final class Records implements SampleSource {
    private final Path source;
    private final FileTree files;
    private final boolean whole;
    private final int size;
    private int nextFile;
    private byte[] content = new byte[0];
    private int position;

    Records(Path source, FileTree files, boolean whole) {
      this.source = source;
      this.files = files;
      this.whole = whole;
      this.size = Math.toIntExact(files.names().stream().mapToLong(this::records).sum());
    }

    /** The number of records in a file, whose size has to be a multiple of theirs. */
    private long records(String name) {
      long bytes = SourceFile.reading(source, () -> files.size(name));
      if (bytes == 0 || bytes % RECORD_BYTES != 0) {
        if (bytes > 0 && bytes % RECORD_BYTES_100 == 0) {
          throw new WtaException(
              "%s holds records of %d bytes, as CIFAR-100 has them"
                  .formatted(place(name), RECORD_BYTES_100),
              "give files of CIFAR-10, which is what this import reads");
        }
        throw new WtaException(
            "%s has %d bytes, which is no multiple of the %d of a record"
                .formatted(place(name), bytes, RECORD_BYTES),
            "give a file such as data_batch_1.bin, or get it again if it is one");
      }
      return bytes / RECORD_BYTES;
    }

    private String place(String name) {
      return whole ? source.toString() : "%s in %s".formatted(name, source);
    }

    @Override
    public Form form() {
      return new Form(SAMPLE, ElementType.UINT8, true, size);
    }

    @Override
    public int read(SampleChunk chunk) {
      int rows = 0;
      while (rows < chunk.capacity()) {
        if (position == content.length) {
          if (nextFile == files.names().size()) {
            break;
          }
          String name = files.names().get(nextFile);
          content = SourceFile.reading(source, () -> files.read(name));
          nextFile++;
          position = 0;
          requireLength(name);
        }
        int label = Byte.toUnsignedInt(content[position]);
        if (label >= CLASSES.size()) {
          throw SourceFile.damaged(
              place(files.names().get(nextFile - 1)),
              "record %d has the label %d".formatted(position / RECORD_BYTES, label));
        }
        chunk.labels()[rows] = label;
        System.arraycopy(content, position + 1, chunk.bytes(), rows * VALUES, VALUES);
        position += RECORD_BYTES;
        rows++;
      }
      return rows;
    }

    /** An archive may say one size and hold another. */
    private void requireLength(String name) {
      if (content.length == 0 || content.length % RECORD_BYTES != 0) {
        throw SourceFile.damaged(place(name), "it holds %d bytes".formatted(content.length));
      }
    }
  }
}
