package dev.wta.api.contract;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.tensor.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link dev.wta.api.op.Dense#normalProduct}. */
public interface NormalProductContract extends Contract {

  /** Samples, vectors and columns. */
  static Stream<Product> normalProducts() {
    return Stream.of(
        new Product(0, 3, 4),
        new Product(3, 0, 4),
        new Product(1, 1, 1),
        new Product(7, 2, 13),
        new Product(131, 10, 129),
        new Product(64, 17, 64),
        new Product(1021, 5, 67),
        new Product(67, 3, 4099));
  }

  /** With all weights, with a few of them, and with rows of none. */
  @ParameterizedTest(name = "normal product of {0}")
  @MethodSource("normalProducts")
  default void normalProduct(Product product) {
    for (int every : new int[] {1, 2, 9}) {
      RandomValues random = new RandomValues(product.m() + 31L * product.k() + every);
      Shape rows = Shape.of(product.m(), product.k());
      Shape vectors = Shape.of(product.n(), product.k());
      Shape scores = Shape.of(product.m(), product.n());
      float[] weights = random.uniform(scores, -1, 1);
      for (int i = 0; i < weights.length; i++) {
        weights[i] = i % every == 0 ? weights[i] : 0;
      }
      Twin x = bench().input(rows, random.normal(rows));
      Twin v = bench().input(vectors, random.normal(vectors));
      Twin bias = bench().input(Shape.of(product.n()), random.normal(Shape.of(product.n())));
      Twin weight = bench().input(scores, weights);
      Twin products = bench().output(scores);
      Twin out = bench().output(vectors);
      bench()
          .runSum(
              s ->
                  s.backend()
                      .dense()
                      .normalProduct(
                          s.of(x), s.of(v), s.of(bias), s.of(weight), s.of(products), s.of(out)));
      bench().assertSum(products, product.k() + 2L);
      bench().assertSum(out, product.m() + product.k() + 2L);
      bench().release();
    }
  }
}
