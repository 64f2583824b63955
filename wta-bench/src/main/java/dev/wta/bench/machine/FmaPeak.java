package dev.wta.bench.machine;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The most floating-point operations that a core can do: chains of multiply-adds that do not wait
 * for each other and touch no memory. What every dense kernel is measured against.
 */
@State(Scope.Thread)
public class FmaPeak {
  /** The property that forces the CPU backend's width forces this one's. */
  public static final String WIDTH = "wta.vector.bits";

  private static final VectorSpecies<Float> SPECIES =
      Integer.getInteger(WIDTH) == null
          ? FloatVector.SPECIES_PREFERRED
          : VectorSpecies.of(float.class, VectorShape.forBitSize(Integer.getInteger(WIDTH)));
  private static final int CHAINS = 12;
  private static final int LENGTH = 100_000;

  /** The width of the vectors, in bits. */
  public static int vectorBits() {
    return SPECIES.vectorBitSize();
  }

  private float factor = 0.5f;

  @Benchmark
  public float chains(Work work) {
    FloatVector x = FloatVector.broadcast(SPECIES, factor);
    FloatVector a = x;
    FloatVector b = x;
    FloatVector c = x;
    FloatVector d = x;
    FloatVector e = x;
    FloatVector f = x;
    FloatVector g = x;
    FloatVector h = x;
    FloatVector i = x;
    FloatVector j = x;
    FloatVector k = x;
    FloatVector l = x;
    for (int n = 0; n < LENGTH; n++) {
      a = a.fma(x, x);
      b = b.fma(x, x);
      c = c.fma(x, x);
      d = d.fma(x, x);
      e = e.fma(x, x);
      f = f.fma(x, x);
      g = g.fma(x, x);
      h = h.fma(x, x);
      i = i.fma(x, x);
      j = j.fma(x, x);
      k = k.fma(x, x);
      l = l.fma(x, x);
    }
    work.operations += 2L * CHAINS * LENGTH * SPECIES.length();
    FloatVector sum =
        a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).add(k).add(l);
    return sum.reduceLanes(VectorOperators.ADD);
  }
}
