package dev.wta.data.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.MemoryDataset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreprocessingTest {
  private static final Shape SAMPLE = Shape.of(2);

  private static float[] applied(Preprocessing preprocessing, float... samples) {
    float[] copy = samples.clone();
    preprocessing.apply(copy, 1, SAMPLE);
    return copy;
  }

  @Test
  void bytesAreBroughtToUnitRangeAndFloatsLeftAlone() {
    float[] samples = {0, 255, 51, 255};
    assertThat(applied(Preprocessing.standard(ElementType.UINT8), samples))
        .containsExactly(0, 1, 51, 255); // one sample of two values, and no more
    assertThat(applied(Preprocessing.standard(ElementType.FLOAT32), samples)).isEqualTo(samples);
  }

  @Test
  void chainsApplyInOrder() {
    Preprocessing chain =
        new Scaling(2).then(Preprocessing.none()).then(new Offset(1)).then(new Scaling(4));
    assertThat(((Chain) chain).steps()).hasSize(3);
    assertThat(applied(chain, 6, 10)).containsExactly(1, 1.5f);
  }

  @Test
  void aSampleIsBroughtToLengthOneAndOneOfZerosIsLeftAlone() {
    float[] samples = {3, -4, 0, 0, 1e-20f, 0};
    Preprocessing fitted = Preprocessing.fit(List.of("l2"), MemoryDataset.of("x", SAMPLE, samples));
    fitted.apply(samples, 3, SAMPLE);
    assertThat(samples).containsExactly(0.6f, -0.8f, 0, 0, 1, 0);
    assertThat(Preprocessing.of(fitted.describe())).isEqualTo(fitted);
  }

  /** Lengths 5, 13 and 0: their mean is 6, and the root of two inputs is what it becomes. */
  @Test
  void oneNumberBringsTheMeanLengthToTheRootOfTheInputs() {
    float[] samples = {3, -4, 5, 12, 0, 0};
    Preprocessing fitted =
        Preprocessing.fit(List.of("mean-norm"), MemoryDataset.of("x", SAMPLE, samples));
    assertThat(fitted).isEqualTo(new Scaling((float) (6 / Math.sqrt(2))));
    assertThat(Preprocessing.of(fitted.describe())).isEqualTo(fitted);
    float[] zeros = new float[4];
    assertThat(Preprocessing.fit(List.of("mean-norm"), MemoryDataset.of("x", SAMPLE, zeros)))
        .isEqualTo(new Scaling(1));
  }

  /** It goes by samples as the steps before left them. */
  @Test
  void meanNormFollowsOtherSteps() {
    float[] samples = {3, 0, 5, 0};
    Preprocessing fitted =
        Preprocessing.fit(List.of("center", "mean-norm"), MemoryDataset.of("x", SAMPLE, samples));
    assertThat(applied(fitted, 5, 0)).containsExactly((float) Math.sqrt(2), 0);
  }

  @Test
  void aSingleStepIsNoChain() {
    assertThat(Preprocessing.none().then(new Scaling(3))).isEqualTo(new Scaling(3));
  }

  @Test
  void descriptionsGoThroughJsonAndBack() throws JsonProcessingException {
    Preprocessing chain = new Scaling(255).then(new Scaling(0.3f));
    for (Preprocessing original : List.of(new Scaling(0.1f), chain, Preprocessing.none())) {
      String json = new ObjectMapper().writeValueAsString(original.describe());
      Map<String, Object> read =
          new ObjectMapper().readValue(json, new TypeReference<Map<String, Object>>() {});
      assertThat(Preprocessing.of(read, original.tensors())).isEqualTo(original);
    }
  }

  @Test
  void tensorsOfStepsAreNamedByTheirPlace() {
    Preprocessing chain = new Scaling(255).then(new Offset(3)).then(new Offset(4));
    assertThat(chain.tensors()).containsOnlyKeys("1/offset", "2/offset");
    assertThat(chain.tensors().get("2/offset")).containsExactly(4);
  }

  @Test
  void unknownKindsAreAnsweredWithTheNearest() {
    assertThatThrownBy(() -> Preprocessing.of(Map.of("kind", "scael")))
        .isInstanceOf(WtaException.class)
        .hasMessage("there is no pre-processing 'scael'; did you mean 'scale'?");
    assertThatThrownBy(() -> Preprocessing.of(Map.of("kind", "whiten")))
        .hasMessage(
            "there is no pre-processing 'whiten'; choose one of chain, center, l2, lcn,"
                + " mean-norm, scale, standardise, zca");
    assertThatThrownBy(() -> Preprocessing.of(Map.of()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("names no 'kind'");
  }

  @Test
  void incompleteDescriptionsAreRefused() {
    for (Map<String, Object> description :
        List.<Map<String, Object>>of(
            Map.of("kind", "scale"),
            Map.of("kind", "scale", "divisor", 0),
            Map.of("kind", "scale", "divisor", Double.NaN),
            Map.of("kind", "scale", "divisor", "much"),
            Map.of("kind", "chain"),
            Map.of("kind", "chain", "steps", List.of("scale")))) {
      assertThatThrownBy(() -> Preprocessing.of(description))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("cannot be made again");
    }
  }

  @Test
  void aDivisorIsANumberOtherThanZero() {
    for (float divisor : new float[] {0, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Scaling(divisor)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** A transformation with something fitted, as a user may write one. */
  private record Offset(float offset) implements Preprocessing {
    @Override
    public void apply(float[] samples, int count, Shape sample) {
      for (int i = 0; i < count * sample.size(); i++) {
        samples[i] += offset;
      }
    }

    @Override
    public Map<String, Object> describe() {
      return Map.of("kind", "offset");
    }

    @Override
    public Map<String, float[]> tensors() {
      return Map.of("offset", new float[] {offset});
    }
  }
}
