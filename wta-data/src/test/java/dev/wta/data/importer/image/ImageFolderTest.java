package dev.wta.data.importer.image;

import static dev.wta.data.importer.ImportFiles.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDataset;
import dev.wta.data.importer.ImportFiles;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.image.ImageOptions.Channels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFolderTest {
  @TempDir Path folder;
  private Path source;
  private Path out;
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final List<String> heard = new ArrayList<>();
  private final ImportListener listener =
      new ImportListener() {
        @Override
        public void unreadable(String picture, String reason) {
          heard.add(picture + ": " + reason);
        }

        @Override
        public void note(String line) {
          heard.add(line);
        }
      };

  @BeforeEach
  void names() {
    source = folder.resolve("pictures");
    out = folder.resolve("data.arrow");
  }

  /** Options like the usual ones, but for what is given. */
  private static ImageOptions options(
      String under, String names, ImageFit fit, Channels channels, int mostUnreadable) {
    return new ImageOptions(
        Optional.ofNullable(under),
        Optional.ofNullable(names),
        true,
        Optional.empty(),
        fit,
        channels,
        mostUnreadable);
  }

  private static ImageOptions options(int mostUnreadable) {
    return options(null, null, new ImageFit.AsStored(), Channels.OF_THE_FIRST, mostUnreadable);
  }

  private ImportSummary convert(ImageOptions options) {
    return ImageFolder.convert(source, options, ImportTarget.to(out).listen(listener));
  }

  private ImportSummary convert() {
    return convert(ImageOptions.DEFAULT);
  }

  private void put(String name, int brightness) {
    files.put(name, ImageFiles.plainPgm(3, 2, brightness));
  }

  /** The brightness of each picture's first pixel. */
  private List<Integer> brightness() {
    try (ArrowDataset data = ArrowDataset.open(out)) {
      float[] values = ImportFiles.values(data);
      int width = (int) data.sampleShape().size();
      List<Integer> first = new ArrayList<>();
      for (int i = 0; i < data.size(); i++) {
        first.add((int) values[i * width]);
      }
      return first;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"folder", "tar", "tar.gz", "zip"})
  void subFoldersAreClasses(String form) throws IOException {
    put("dog/2.pgm", 4);
    put("cat/10.PGM", 1);
    put("cat/9.ppm", 2);
    put("dog/.hidden.pgm", 9);
    put("__MACOSX/cat/9.pgm", 9);
    put("dog/%s.pgm".formatted("1".repeat(150)), 3);
    files.put("readme.txt", new byte[] {1});
    files.put("cat/notes.txt", new byte[0]);
    switch (form) {
      case "folder" -> ImportFiles.folder(source, files);
      case "tar" -> Files.write(source, ImportFiles.tar(files));
      case "tar.gz" -> Files.write(source, ImportFiles.gzip(ImportFiles.tar(files)));
      default -> Files.write(source, ImportFiles.zip(files));
    }
    assertThat(convert())
        .isEqualTo(new ImportSummary(out, 4, Shape.of(1, 2, 3), ElementType.UINT8, true, 2, 0));
    assertThat(brightness()).containsExactly(1, 2, 3, 4);
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).containsExactly(0, 0, 1, 1);
      assertThat(data.metadata())
          .containsEntry("wta.import", "folder")
          .containsEntry("wta.source", "pictures")
          .containsEntry("wta.classes", "[\"cat\",\"dog\"]");
    }
    assertThat(heard).singleElement().asString().contains("passed over 2 files");
    assertThat(ImportFiles.list(folder)).containsExactly(out, source);
  }

  @Test
  void aLimitSpreadsOverTheClassesAndDecodesNothingElse() throws IOException {
    for (int i = 0; i < 4; i++) {
      put("a/%d.pgm".formatted(i), i);
      put("b/%d.pgm".formatted(i), 10 + i);
    }
    files.put("a/1.pgm", new byte[] {1}); // not among the wanted, so nobody minds
    ImportFiles.folder(source, files);
    ImportSummary summary =
        ImageFolder.convert(source, ImageOptions.DEFAULT, ImportTarget.to(out).limit(4));
    assertThat(summary.samples()).isEqualTo(4);
    assertThat(summary.unreadable()).isZero();
    assertThat(brightness()).containsExactly(0, 2, 10, 12);
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).containsExactly(0, 0, 1, 1);
      assertThat(data.metadata()).containsEntry("wta.limit", "4 of 8");
    }
  }

  @Test
  void picturesWithoutSubFoldersHaveNoLabels() throws IOException {
    put("b.pgm", 2);
    put("a.pgm", 1);
    ImportFiles.folder(source, files);
    assertThat(convert().labelled()).isFalse();
    assertThat(brightness()).containsExactly(1, 2);
  }

  @Test
  void orderIsKeptHoweverManyThreadsDecode() throws IOException {
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      put("%04d.pgm".formatted(i), i % 251);
      expected.add(i % 251);
    }
    ImportFiles.folder(source, files);
    assertThat(convert().samples()).isEqualTo(3000);
    assertThat(brightness()).isEqualTo(expected);
  }

  @Test
  void aFolderWithin() throws IOException {
    put("set/train/a/1.pgm", 1);
    put("set/test/b/1.pgm", 2);
    put("set/test/c/1.pgm", 3);
    Files.write(source, ImportFiles.tar(files));
    assertRefused(folder, this::convert, "set/test/b/1.pgm", "--under set");
    for (String under : List.of("set/test", "./set/test/")) {
      convert(options(under, null, new ImageFit.AsStored(), Channels.OF_THE_FIRST, 0));
      assertThat(brightness()).containsExactly(2, 3);
      try (ArrowDataset data = ArrowDataset.open(out)) {
        assertThat(data.labels()).containsExactly(0, 1);
      }
    }
    assertRefused(
        folder,
        () -> convert(options("tes", null, new ImageFit.AsStored(), Channels.GREY, 0)),
        "holds no images under tes");
  }

  /** An archiver stores what it has met under another name as a link; links elsewhere are none. */
  @Test
  void linksInArchives() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      byte[] picture = ImageFiles.plainPgm(3, 2, 7);
      TarArchiveEntry file = new TarArchiveEntry("b.pgm");
      file.setSize(picture.length);
      tar.putArchiveEntry(file);
      tar.write(picture);
      tar.closeArchiveEntry();
      for (byte kind : new byte[] {TarConstants.LF_LINK, TarConstants.LF_SYMLINK}) {
        TarArchiveEntry link =
            new TarArchiveEntry(kind == TarConstants.LF_LINK ? "a.pgm" : "c.pgm", kind);
        link.setLinkName("./b.pgm");
        tar.putArchiveEntry(link);
        tar.closeArchiveEntry();
      }
    }
    Files.write(source, bytes.toByteArray());
    convert();
    assertThat(brightness()).containsExactly(7, 7);
    assertThat(heard).singleElement().asString().contains("passed over 1 file that is no PNG");
  }

  @Test
  void namesOfPictures() throws IOException {
    put("a/1.pgm", 1);
    files.put("a/1.png", ImageFiles.colourPng(9, 9, 0));
    ImportFiles.folder(source, files);
    convert(options(null, "*.pgm", new ImageFit.AsStored(), Channels.OF_THE_FIRST, 0));
    assertThat(brightness()).containsExactly(1);
    assertRefused(
        folder,
        () -> convert(options(null, "[", new ImageFit.AsStored(), Channels.GREY, 0)),
        "'[' is no pattern");
  }

  @Test
  void allPicturesWithoutLabels() throws IOException {
    put("a/b/c/1.pgm", 1);
    put("2.pgm", 2);
    ImportFiles.folder(source, files);
    assertRefused(folder, this::convert, "--no-labels");
    ImageOptions unlabelled =
        new ImageOptions(
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            new ImageFit.AsStored(),
            Channels.OF_THE_FIRST,
            0);
    assertThat(convert(unlabelled).labelled()).isFalse();
    assertThat(brightness()).containsExactly(2, 1);
  }

  @Test
  void someInSubFoldersAndSomeNot() throws IOException {
    put("a/1.pgm", 1);
    put("2.pgm", 2);
    ImportFiles.folder(source, files);
    assertRefused(
        folder, this::convert, "1 images of " + source + " are in sub-folders", "1 are not");
  }

  @Test
  void classesAreNumberedAsInAnotherFile() throws IOException {
    put("train/a/1.pgm", 1);
    put("train/b/1.pgm", 2);
    put("test/b/1.pgm", 3);
    put("other/c/1.pgm", 4);
    ImportFiles.folder(source, files);
    Path train = folder.resolve("train.arrow");
    ImageFolder.convert(source.resolve("train"), ImageOptions.DEFAULT, ImportTarget.to(train));
    ImageOptions like =
        new ImageOptions(
            Optional.empty(),
            Optional.empty(),
            true,
            Optional.of(train),
            new ImageFit.AsStored(),
            Channels.OF_THE_FIRST,
            0);
    ImageFolder.convert(source.resolve("test"), like, ImportTarget.to(out));
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).containsExactly(1);
      assertThat(data.metadata()).containsEntry("wta.classes", "[\"a\",\"b\"]");
    }
    assertRefused(
        folder,
        () -> ImageFolder.convert(source.resolve("other"), like, ImportTarget.to(out)),
        "has no class 'c'");
  }

  @Test
  void sizesThatDiffer() throws IOException {
    put("1.pgm", 1);
    files.put("2.pgm", ImageFiles.plainPgm(4, 4, 2));
    ImportFiles.folder(source, files);
    assertRefused(
        folder,
        this::convert,
        "2.pgm in " + source + " is of 4x4 pixels, 1.pgm of 3x2",
        "--resize or --crop");
    for (ImageFit fit : List.of(new ImageFit.Resize(5, 4), new ImageFit.Crop(5, 4))) {
      assertThat(convert(options(null, null, fit, Channels.OF_THE_FIRST, 0)).sample())
          .isEqualTo(Shape.of(1, 4, 5));
      assertThat(brightness()).containsExactly(1, 2);
    }
  }

  @Test
  void coloursAndGreys() throws IOException {
    put("1.pgm", 100);
    files.put("2.png", ImageFiles.colourPng(3, 2, 200));
    ImportFiles.folder(source, files);
    assertRefused(folder, this::convert, "2.png in " + source + " has colours, 1.pgm has none");
    ImageFit asStored = new ImageFit.AsStored();
    assertThat(convert(options(null, null, asStored, Channels.COLOUR, 0)).sample())
        .isEqualTo(Shape.of(3, 2, 3));
    assertThat(brightness()).containsExactly(100, 0);
    assertThat(convert(options(null, null, asStored, Channels.GREY, 0)).sample())
        .isEqualTo(Shape.of(1, 2, 3));
    assertThat(brightness()).containsExactly(100, 23); // 0.114 x 200
  }

  @Test
  void greysAmongColoursBecomeThreeChannels() throws IOException {
    files.put("1.png", ImageFiles.colourPng(3, 2, 200));
    put("2.pgm", 100);
    ImportFiles.folder(source, files);
    assertThat(convert().sample()).isEqualTo(Shape.of(3, 2, 3));
    try (ArrowDataset data = ArrowDataset.open(out)) {
      float[] values = ImportFiles.values(data);
      assertThat(values).startsWith(0, 10, 20, 0, 10, 20, 0, 0, 0, 10, 10, 10, 200);
      for (int i = 18; i < 36; i++) {
        assertThat(values[i]).isEqualTo(100);
      }
    }
  }

  @Test
  void unreadablePicturesAreCountedAndNamed() throws IOException {
    files.put("a/0.pgm", new byte[0]);
    put("a/1.pgm", 1);
    files.put("b/2.png", new byte[] {1, 2, 3});
    put("b/3.pgm", 3);
    ImportFiles.folder(source, files);
    assertRefused(folder, this::convert, "a/0.pgm in " + source + " cannot be read: it is empty");
    assertRefused(folder, () -> convert(options(1)), "b/2.png", "neither PNG", "as 1 before it");
    heard.clear();
    ImportSummary summary = convert(options(2));
    assertThat(summary.samples()).isEqualTo(2);
    assertThat(summary.unreadable()).isEqualTo(2);
    assertThat(heard)
        .containsExactly("a/0.pgm: it is empty", "b/2.png: it is neither PNG, JPEG nor PNM");
    assertThat(brightness()).containsExactly(1, 3);
    try (ArrowDataset data = ArrowDataset.open(out)) {
      assertThat(data.labels()).containsExactly(0, 1);
    }
  }

  @Test
  void noneReadable() throws IOException {
    files.put("0.pgm", new byte[0]);
    ImportFiles.folder(source, files);
    assertRefused(folder, () -> convert(options(5)), "none of the 1 images");
  }

  @Test
  void noPictures() throws IOException {
    assertRefused(folder, this::convert, source + " does not exist");
    Files.createDirectory(source);
    assertRefused(folder, this::convert, source + " holds no images");
    Files.write(source.resolve("x.webp"), new byte[9]);
    assertRefused(folder, this::convert, source + " holds no images", "1 other files");
    Path text = Files.writeString(folder.resolve("text"), "this is no archive");
    source = text;
    assertRefused(folder, this::convert, text + " is no folder", "nor a zip archive");
  }

  @Test
  void placesThatCannotBeWritten() throws IOException {
    put("1.pgm", 1);
    ImportFiles.folder(source, files);
    out = folder.resolve("missing/data.arrow");
    assertRefused(folder, this::convert, "there is no folder");
    source = Files.write(folder.resolve("x.tar"), ImportFiles.tar(files));
    assertRefused(folder, this::convert, "there is no folder");
    out = source;
    assertRefused(folder, this::convert, "write over its own source");
  }
}
