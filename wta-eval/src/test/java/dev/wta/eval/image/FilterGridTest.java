package dev.wta.eval.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilterGridTest {
  @TempDir Path folder;

  private static int red(BufferedImage image, int x, int y) {
    return image.getRaster().getSample(x, y, 0);
  }

  @Test
  void draws_each_filter_on_its_own_symmetric_range() throws IOException {
    float[] filters = {-2, 0, 1, 2, /* the second, much fainter */ 0.001f, 0, 0, -0.0005f};
    Path png = folder.resolve("filters.png");
    FilterGrid.of(Shape.of(1, 2, 2)).columns(2).zoom(3).write(png, filters, new int[] {0, 1});
    BufferedImage image = ImageIO.read(png.toFile());
    // gap 3, tile 6, gap 3, tile 6, gap 3
    assertThat(image.getWidth()).isEqualTo(21);
    assertThat(image.getHeight()).isEqualTo(12);
    assertThat(image.getRaster().getNumBands()).isEqualTo(1);
    assertThat(red(image, 0, 0)).as("paper").isEqualTo(255);
    assertThat(red(image, 10, 4)).as("between tiles").isEqualTo(255);
    assertThat(red(image, 3, 3)).as("-2 of 2").isEqualTo(0);
    assertThat(red(image, 5, 5)).as("its last pixel").isEqualTo(0);
    assertThat(red(image, 6, 3)).as("zero").isEqualTo(128);
    assertThat(red(image, 3, 6)).as("half").isEqualTo(191);
    assertThat(red(image, 6, 6)).as("+2 of 2").isEqualTo(255);
    assertThat(red(image, 12, 3)).as("the faint one's largest").isEqualTo(255);
    assertThat(red(image, 15, 6)).as("the faint one's negative").isEqualTo(64);
  }

  @Test
  void draws_colour_from_planes() throws IOException {
    float[] filter = {1, 0, /* green */ 0, 1, /* blue */ -1, -1};
    Path png = folder.resolve("colour.png");
    FilterGrid.of(Shape.of(3, 1, 2)).zoom(1).write(png, filter, new int[] {0});
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getRGB(2, 2) & 0xFFFFFF).isEqualTo(0xFF8000);
    assertThat(image.getRGB(3, 2) & 0xFFFFFF).isEqualTo(0x80FF00);
  }

  @Test
  void a_filter_of_zeros_is_grey_and_an_empty_place_is_paper() throws IOException {
    Path png = folder.resolve("zeros.png");
    FilterGrid.of(Shape.of(4)).columns(2).zoom(2).write(png, new float[12], new int[] {0, 1, 2});
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(red(image, 3, 3)).isEqualTo(128);
    assertThat(red(image, 9, 9)).as("the fourth place").isEqualTo(255);
  }

  @Test
  void draws_the_chosen_units_in_their_order_and_no_more_than_asked() throws IOException {
    float[] filters = {1, -1, 1, -1, /* 1 */ -1, 1, -1, 1, /* 2 */ 1, 1, 1, -1};
    Path png = folder.resolve("chosen.png");
    FilterGrid picture = FilterGrid.of(Shape.of(2, 2)).columns(1).zoom(1).most(1);
    picture.write(png, filters, FilterGrid.byScore(new double[] {0.1, 0.7, 0.7}));
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getHeight()).isEqualTo(6);
    assertThat(red(image, 2, 2)).isEqualTo(0);
    assertThat(red(image, 3, 2)).isEqualTo(255);
  }

  @Test
  void ranks_by_falling_score_and_measures_norms() {
    assertThat(FilterGrid.byScore(new double[] {1, 3, 2, 3})).containsExactly(1, 3, 2, 0);
    float[] filters = {3, 4, 0, 0, 1, 0, 0, 0};
    assertThat(FilterGrid.of(Shape.of(4)).norms(filters)).containsExactly(5, 1);
  }

  @Test
  void draws_the_largest_and_says_how_many_there_are() throws IOException {
    float[] filters = {0.1f, 0, 0, 0, /* the larger */ 0, -1, 0, 0};
    Path png = folder.resolve("largest.png");
    List<String> progress = new ArrayList<>();
    int units =
        FilterGrid.of(Shape.of(2, 2))
            .zoom(1)
            .most(1)
            .writeLargest(png, filters, (stage, done, total) -> progress.add(done + "/" + total));
    assertThat(units).isEqualTo(2);
    assertThat(progress).containsExactly("1/1");
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getHeight()).isEqualTo(6);
    assertThat(red(image, 2, 2)).isEqualTo(128);
    assertThat(red(image, 3, 2)).isEqualTo(0);
  }

  @Test
  void draws_samples_above_their_reconstructions() throws IOException {
    float[] samples = {0, 10, 10, 0};
    float[] reconstructions = {0, 5, 20, -3};
    Path png = folder.resolve("pairs.png");
    FilterGrid.of(Shape.of(2, 2)).zoom(1).writeReconstructions(png, samples, reconstructions);
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getHeight()).isEqualTo(10);
    assertThat(red(image, 3, 2)).isEqualTo(255);
    assertThat(red(image, 3, 6)).as("half as bright").isEqualTo(128);
    assertThat(red(image, 2, 7)).as("brighter than white").isEqualTo(255);
    assertThat(red(image, 3, 7)).as("darker than black").isEqualTo(0);
  }

  @Test
  void makes_the_usual_picture_of_the_usual_size() throws IOException {
    Path png = folder.resolve("usual.png");
    FilterGrid.write(png, new float[400 * 784], Shape.of(1, 28, 28));
    BufferedImage image = ImageIO.read(png.toFile());
    assertThat(image.getWidth()).isBetween(1000, 1250).isEqualTo(image.getHeight());
  }

  @Test
  void replaces_the_file_and_leaves_nothing_beside_it() throws IOException {
    Path png = folder.resolve("twice.png");
    FilterGrid.write(png, new float[4], Shape.of(4));
    FilterGrid.write(png, new float[8], Shape.of(4));
    assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(16);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(png);
    }
  }

  @Test
  void says_why_there_is_no_picture() {
    Path png = folder.resolve("none.png");
    assertThatThrownBy(() -> FilterGrid.write(png, new float[5], Shape.of(5)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("shape 5 make no picture");
    assertThatThrownBy(() -> FilterGrid.write(png, new float[8], Shape.of(2, 2, 2)))
        .isInstanceOf(WtaException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FilterGrid.write(png, new float[5], Shape.of(4)));
    assertThat(png).doesNotExist();
    Path nowhere = folder.resolve("missing/none.png");
    assertThatThrownBy(() -> FilterGrid.write(nowhere, new float[4], Shape.of(4)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("none.png");
  }
}
