package dev.wta.backend.cuda.op;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Window;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaTensor;
import dev.wta.backend.cuda.memory.CudaWinners;
import dev.wta.backend.cuda.memory.Ranges;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/** Gradients in factors, for kernels that take two terms at a time. */
public final class FactoredGradients {
  /** The terms that one launch takes. */
  public static final int MOST_TERMS = 2;

  private static final int SPELLED_ELEMENTS = 4;

  private final CudaMemory memory;
  private final Kernels kernels;

  public FactoredGradients(CudaMemory memory, Kernels kernels) {
    this.memory = memory;
    this.kernels = kernels;
  }

  /** A term, as the kernels' {@code struct Term} has it. */
  public record Term(
      Ranges ofUnit,
      long sampleOf,
      long positionOf,
      long coefficients,
      long batch,
      Geometry geometry,
      boolean windowed)
      implements Launch.Struct {
    private static final long POINTERS = Ranges.BYTES + 4 * Long.BYTES;

    @Override
    public long bytes() {
      return POINTERS + Geometry.BYTES + 2 * Integer.BYTES;
    }

    @Override
    public void write(MemorySegment to) {
      ofUnit.write(to);
      long[] pointers = {sampleOf, positionOf, coefficients, batch};
      MemorySegment.copy(pointers, 0, to, JAVA_LONG, Ranges.BYTES, pointers.length);
      geometry.write(to.asSlice(POINTERS));
      to.set(JAVA_INT, POINTERS + Geometry.BYTES, windowed ? 1 : 0);
    }
  }

  /** The terms, once all their operands are known to be our own. */
  public List<Term> terms(Gradient.Factored gradient) {
    return gradient.terms().stream().map(this::term).toList();
  }

  private Term term(Gradient.Term term) {
    CudaWinners winners = memory.own(term.winners());
    CudaTensor coefficients = memory.own(term.coefficients());
    CudaTensor batch = memory.own(term.batch());
    Optional<Window> window = term.window();
    return new Term(
        winners.ofUnit(),
        winners.sampleOf(),
        winners.positionOf(),
        coefficients.address(),
        batch.address(),
        window.map(through -> Geometry.of(batch.shape(), through)).orElse(Geometry.NONE),
        window.isPresent());
  }

  /** Gives a launch its two terms; the second is read only if there are two. */
  public static Launch withTerms(Launch launch, List<Term> terms) {
    return launch.struct(terms.getFirst()).struct(terms.getLast()).integer(terms.size());
  }

  /** {@code out = beta * out + gradient}, {@code (units, rowSize)}. */
  public void materialise(List<Term> terms, float beta, long out, int units, int rowSize) {
    for (int from = 0; from < terms.size(); from += MOST_TERMS) {
      int threads = threads(rowSize);
      withTerms(
              kernels.launch(Kernel.MATERIALISE),
              terms.subList(from, Math.min(terms.size(), from + MOST_TERMS)))
          .number(from == 0 ? beta : 1)
          .integer(rowSize)
          .address(out)
          .run(
              rowSize == 0 ? 0 : units,
              Math.ceilDiv(rowSize, SPELLED_ELEMENTS * threads),
              1,
              threads);
    }
  }

  /** No more threads than a row has elements, in whole warps. */
  public static int threads(int rowSize) {
    int warps = Math.clamp(Math.ceilDiv(rowSize, Launch.WARP), 1, Launch.BLOCK / Launch.WARP);
    return warps * Launch.WARP;
  }
}
