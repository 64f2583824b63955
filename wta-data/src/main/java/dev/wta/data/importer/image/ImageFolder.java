package dev.wta.data.importer.image;

import dev.wta.api.WtaException;
import dev.wta.data.ClassNames;
import dev.wta.data.importer.ArrowImport;
import dev.wta.data.importer.ImportListener;
import dev.wta.data.importer.ImportSummary;
import dev.wta.data.importer.ImportTarget;
import dev.wta.data.importer.archive.FileTree;
import dev.wta.data.importer.archive.TreeListing;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Imports images, PNG, JPEG and PNM, from a folder, or from a tar or zip archive of one. Where they
 * are in sub-folders, each of these is a class.
 */
public final class ImageFolder {
  private static final Set<String> EXTENSIONS =
      Set.of("png", "jpg", "jpeg", "pbm", "pgm", "ppm", "pnm");

  private ImageFolder() {}

  /**
   * Writes images, {@code (channels, height, width)} of uint8 in the order of their paths, and
   * their classes to an Arrow file, which replaces what was there. The names of the classes are in
   * its metadata.
   *
   * @param source the folder or the archive
   * @throws WtaException if there are no images, more are unreadable than may be, they are of
   *     different sizes and are to be taken as they are, the folders make no classes, or the target
   *     cannot be written
   */
  public static ImportSummary convert(Path source, ImageOptions options, ImportTarget target) {
    ImportListener listener = target.listener();
    String under = options.under().map(ImageFolder::folder).orElse("");
    Predicate<String> names = matching(options.names());
    Predicate<String> wanted =
        name -> name.startsWith(under) && isPicture(name) && names.test(name);
    try (FileTree files = FileTree.open(source, wanted, target.out(), listener)) {
      TreeListing<?> listing = files.listing();
      requirePictures(source, options, listing);
      List<String> inside =
          files.names().stream().map(name -> name.substring(under.length())).toList();
      Optional<ClassFolders> classes =
          options.labelled()
              ? ClassFolders.of(source, inside, options.classesOf())
              : Optional.empty();
      classes.ifPresent(all -> noteClasses(all, under, listing, listener));
      int[] taken = // now, so that what is not wanted is not decoded
          IntStream.range(0, inside.size())
              .filter(picture -> target.takes(picture, inside.size()))
              .toArray();
      List<String> pictureFiles = Arrays.stream(taken).mapToObj(files.names()::get).toList();
      int[] labels =
          classes
              .map(all -> Arrays.stream(taken).map(i -> all.label(inside.get(i))).toArray())
              .orElse(new int[0]);
      if (options.names().isEmpty() && under.isEmpty() && listing.passedOver() > 0) {
        listener.note(
            "passed over %,d %s no PNG, JPEG or PNM: %s"
                .formatted(
                    listing.passedOver(),
                    listing.passedOver() == 1 ? "file that is" : "files that are",
                    listing.kindsPassedOver()));
      }
      Map<String, String> provenance = new LinkedHashMap<>();
      provenance.put("wta.import", "folder");
      provenance.put("wta.source", source.toAbsolutePath().normalize().getFileName().toString());
      options.under().ifPresent(folder -> provenance.put("wta.under", folder));
      classes.ifPresent(all -> ClassNames.put(provenance, all.names()));
      if (taken.length < inside.size()) {
        provenance.put(ArrowImport.LIMIT, ArrowImport.limit(taken.length, inside.size()));
      }
      try (ImageSource pictures =
          ImageSource.open(source, files, pictureFiles, labels, options, listener)) {
        return ArrowImport.write(pictures, provenance, target);
      }
    }
  }

  /** Says which folders are no classes, and which classes have other numbers than their names. */
  private static void noteClasses(
      ClassFolders classes, String under, TreeListing<?> listing, ImportListener listener) {
    List<String> empty =
        listing.folders().stream()
            .filter(folder -> folder.startsWith(under))
            .map(folder -> folder.substring(under.length()))
            .filter(folder -> !folder.contains("/") && !classes.names().contains(folder))
            .toList();
    if (!empty.isEmpty()) {
      listener.note(
          "no class of %s, which %s no images: the classes are numbered without"
              .formatted(
                  empty.stream().map("'%s'"::formatted).collect(Collectors.joining(", ")),
                  empty.size() == 1 ? "holds" : "hold"));
    }
    classes.surprise().ifPresent(listener::note);
  }

  /** A folder as the beginning of the paths of what is in it. */
  private static String folder(String under) {
    String plain = FileTree.normalised(under.replace('\\', '/'));
    while (plain.endsWith("/")) {
      plain = plain.substring(0, plain.length() - 1);
    }
    return plain.isEmpty() || plain.equals(".") ? "" : plain + "/";
  }

  private static boolean isPicture(String name) {
    return EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  private static Predicate<String> matching(Optional<String> glob) {
    if (glob.isEmpty()) {
      return name -> true;
    }
    try {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob.get());
      return name -> matcher.matches(Path.of(name.substring(name.lastIndexOf('/') + 1)));
    } catch (PatternSyntaxException broken) {
      throw new WtaException(
          "'%s' is no pattern of names: %s".formatted(glob.get(), broken.getDescription()),
          "give one such as '*.pgm' with --names",
          broken);
    }
  }

  private static void requirePictures(Path source, ImageOptions options, TreeListing<?> listing) {
    if (listing.names().isEmpty()) {
      throw new WtaException(
          "%s holds no images%s%s"
              .formatted(
                  source,
                  options.under().map(" under "::concat).orElse(""),
                  options.names().map(" named "::concat).orElse("")),
          listing.passedOver() > 0
              ? "give PNG, JPEG or PNM: there are %,d other files: %s"
                  .formatted(listing.passedOver(), listing.kindsPassedOver())
              : "give the folder that they are in");
    }
  }
}
