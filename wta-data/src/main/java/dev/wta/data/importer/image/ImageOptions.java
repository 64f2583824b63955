package dev.wta.data.importer.image;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a folder of images is taken for.
 *
 * @param under the folder within the source that the images are in; the source itself if empty
 * @param names a glob that the images' file names have to match; all images if empty
 * @param labelled whether the sub-folders are classes, if there are any; otherwise images may be
 *     however deep
 * @param classesOf an Arrow file whose numbers of classes are to be used; sorted by name if empty
 * @param fit how images are brought to one size
 * @param channels how many channels they get
 * @param mostUnreadable how many images may be unreadable, and are left out
 */
public record ImageOptions(
    Optional<String> under,
    Optional<String> names,
    boolean labelled,
    Optional<Path> classesOf,
    ImageFit fit,
    Channels channels,
    int mostUnreadable) {
  /** How many channels images get. */
  public enum Channels {
    /** As many as the first readable image has; grey ones among coloured ones become three. */
    OF_THE_FIRST,
    GREY,
    COLOUR
  }

  /** All images as they are, sub-folders as classes, and none unreadable. */
  public static final ImageOptions DEFAULT =
      new ImageOptions(
          Optional.empty(),
          Optional.empty(),
          true,
          Optional.empty(),
          new ImageFit.AsStored(),
          Channels.OF_THE_FIRST,
          0);
}
