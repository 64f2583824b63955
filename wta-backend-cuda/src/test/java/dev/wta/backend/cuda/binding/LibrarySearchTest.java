package dev.wta.backend.cuda.binding;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibrarySearchTest {
  @TempDir private Path root;

  @Test
  void whatTheUserNamesComesFirst() {
    LibrarySearch search =
        LibrarySearch.of(
            Map.of("CUDA_HOME", "/opt/cuda", "CUDA_PATH", "/opt/other"),
            "/mine" + File.pathSeparator + "/yours",
            root);
    assertThat(search.folders())
        .startsWith(Path.of("/mine"), Path.of("/yours"), Path.of("/opt/cuda/lib64"))
        .containsSubsequence(
            Path.of("/opt/cuda/lib64"),
            Path.of("/opt/other/lib64"),
            root.resolve("usr/local/cuda/lib64"));
  }

  @Test
  void findsToolkitsAndWheels() throws IOException {
    List<String> folders =
        List.of(
            "usr/local/cuda-12.4/lib64",
            "venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib",
            "home/.local/lib/python3.11/site-packages/nvidia/cu13/lib",
            "usr/local/lib/python3.10/dist-packages/nvidia/cublas/lib",
            "elsewhere/lib64/python3.13/site-packages/nvidia/cu13/lib",
            "usr/local/nvidia/lib64",
            "usr/local/cuda/compat",
            "usr/lib64-nvidia",
            "opt/cuda/targets/x86_64-linux/lib",
            "conda/lib");
    Path python = Files.createDirectories(root.resolve("elsewhere/bin")).resolve("python3");
    Files.setPosixFilePermissions(
        Files.createFile(python), PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String folder : folders) {
      Files.createDirectories(root.resolve(folder));
    }
    LibrarySearch search =
        LibrarySearch.of(
            Map.of(
                "PATH", root.resolve("none") + File.pathSeparator + python.getParent(),
                "CONDA_PREFIX", root.resolve("conda").toString(),
                "VIRTUAL_ENV", root.resolve("venv").toString(),
                "HOME", root.resolve("home").toString()),
            "",
            root);
    assertThat(search.folders()).containsAll(folders.stream().map(root::resolve).toList());
  }

  @Test
  void aMessageNamesTheFoldersThatAreThere() throws IOException {
    Path there = Files.createDirectories(root.resolve("usr/lib64"));
    LibrarySearch search = LibrarySearch.of(Map.of("CUDA_HOME", "/no/such/folder"), "", root);
    assertThat(search.notFound(List.of("libcublas.so.13", "libcublas.so.12")))
        .isEqualTo(
            "looked for libcublas.so.13 and libcublas.so.12 by the system's loader and in: "
                + there);
    assertThat(new LibrarySearch(List.of(), true).notFound(List.of("libcuda.so.1")))
        .endsWith("in: none of the usual folders is there");
  }

  @Test
  void whatIsNoFileIsPassedOver() throws IOException {
    Files.createDirectories(root.resolve("libcuda.so.1"));
    assertThat(SharedLibrary.find(LibrarySearch.in(root), List.of("libcuda.so.1"))).isEmpty();
  }
}
