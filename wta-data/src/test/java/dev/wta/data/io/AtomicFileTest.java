package dev.wta.data.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wta.api.WtaException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file that is written may replace, and what it leaves as it is. */
class AtomicFileTest {
  @TempDir Path folder;

  @BeforeEach
  void assumePosix() {
    assumeTrue(
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix"),
        "links, permissions and devices are those of POSIX systems here");
  }

  private static void write(Path path, String text) throws IOException {
    try (AtomicFile file = AtomicFile.create(path)) {
      file.write(text);
      file.commit();
    }
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aLinkStaysAndItsTargetIsReplaced() throws IOException {
    Path target = Files.createDirectory(folder.resolve("elsewhere")).resolve("real");
    Files.writeString(target, "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("elsewhere/real"));
    Path chain = Files.createSymbolicLink(folder.resolve("chain"), Path.of("link"));
    write(chain, "new");
    assertThat(chain).isSymbolicLink();
    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("new");
    assertThat(names()).containsExactly("chain", "elsewhere", "link");
  }

  @Test
  void aLinkThatLeadsNowhereIsRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("gone"));
    assertThatThrownBy(() -> AtomicFile.create(link))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("is a link to gone, which is not there");
    assertThat(names()).containsExactly("link");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/null", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
  void aDeviceAndWhatIsOpenAreRefused(String path) {
    Path device = Path.of(path);
    assumeTrue(Files.exists(device), "there is no " + path + " here");
    assertThatThrownBy(() -> AtomicFile.create(device))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(path + " is a device, a pipe or a socket");
  }

  @Test
  void aSocketIsRefused() throws IOException {
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertThatThrownBy(() -> AtomicFile.create(socket))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("a socket");
    }
    assertThat(names()).containsExactly("socket");
  }

  @Test
  void theReplacedFilesPermissionsAreKept() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    write(file, "new");
    assertThat(file).hasContent("new");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
  }

  @Test
  void aNewFileHasThePermissionsOfAnyNewFile() throws IOException {
    Path usual = Files.writeString(folder.resolve("usual"), "");
    Path file = folder.resolve("file");
    write(file, "new");
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(usual));
  }

  @Test
  void aWriteProtectedFileIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    assumeTrue(!Files.isWritable(file), "this user may write to any file");
    assertThatThrownBy(() -> AtomicFile.create(file))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("is write-protected");
    assertThat(file).hasContent("old");
  }

  @Test
  void aFolderThatVanishesIsSaidAndNothingIsLeft() throws IOException {
    Path gone = Files.createDirectory(folder.resolve("gone"));
    try (AtomicFile file = AtomicFile.create(gone.resolve("file"))) {
      file.write("new");
      try (Stream<Path> partial = Files.list(gone)) {
        Files.delete(partial.findAny().orElseThrow());
      }
      Files.delete(gone);
      assertThatThrownBy(file::commit).isInstanceOf(IOException.class);
    }
    assertThat(names()).isEmpty();
  }
}
