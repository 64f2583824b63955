package dev.wta.models.sae.op;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Sparse;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;

/**
 * The magnitudes of the units whose gate is open, {@code relu(exp(r) (pi - b_gate) + b_mag)}: pi
 * less the gate's bias is the product that gate and magnitude share. No gradient passes the gate.
 *
 * @param gates what is positive of {@code pi = W (x - c) + b_gate}
 * @param gateBias {@code b_gate (units)}
 * @param logScale {@code r (units)}
 * @param bias {@code b_mag (units)}
 * @param scale {@code exp(r)}, {@code (units)}
 * @param scaleAlong the same for each gate, {@code (capacity)}
 * @param output the magnitudes, {@code (capacity)}; 0 where the rectifier shuts
 */
public record GatedMagnitudes(
    Code.Sparse gates,
    Variable gateBias,
    Variable logScale,
    Variable bias,
    Tensor scale,
    Tensor scaleAlong,
    Variable output)
    implements Operation {

  public static Code.Sparse run(
      Tape tape, Code.Sparse gates, Variable gateBias, Variable logScale, Variable bias) {
    Dense dense = tape.backend().dense();
    Tensor scale = tape.temporary(logScale.shape());
    dense.map(Dense.Unary.EXP, logScale.value(), scale);
    Tensor shift = tape.temporary(bias.shape()); // b_mag - exp(r) b_gate
    dense.zip(Dense.Binary.MULTIPLY, scale, gateBias.value(), shift);
    dense.zip(Dense.Binary.SUBTRACT, bias.value(), shift, shift);
    Tensor scaleAlong = PerWinner.of(tape, gates.winners(), scale);
    Tensor out = tape.temporary(scaleAlong.shape());
    dense.zip(Dense.Binary.MULTIPLY, gates.coefficients().value(), scaleAlong, out);
    dense.axpy(1, PerWinner.of(tape, gates.winners(), shift), out);
    dense.map(Dense.Unary.RELU, out, out);
    Variable output = tape.result(out, gates.coefficients(), gateBias, logScale, bias);
    tape.record(new GatedMagnitudes(gates, gateBias, logScale, bias, scale, scaleAlong, output));
    return new Code.Sparse(gates.winners(), output);
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor open = tape.temporary(outputGradient.shape());
    dense.zip(Dense.Binary.RELU_GRADIENT, outputGradient, output.value(), open);
    if (gates.coefficients().needsGradient()) {
      Tensor gradient = tape.temporary(open.shape());
      dense.zip(Dense.Binary.MULTIPLY, open, scaleAlong, gradient);
      gates.coefficients().addGradient(gradient);
    }
    Tensor sums = sums(tape, open);
    bias.addGradient(sums);
    Tensor ofGateBias = tape.temporary(sums.shape()); // takes back what reaches it through pi
    dense.zip(Dense.Binary.MULTIPLY, sums, scale, ofGateBias);
    dense.affine(-1, ofGateBias, 0, ofGateBias);
    gateBias.addGradient(ofGateBias);
    Tensor products = tape.temporary(open.shape());
    dense.zip(Dense.Binary.MULTIPLY, open, output.value(), products);
    Tensor ofScale = sums(tape, products); // exp(r) (pi - b_gate) is the magnitude less its bias
    Tensor biased = tape.temporary(sums.shape());
    dense.zip(Dense.Binary.MULTIPLY, sums, bias.value(), biased);
    dense.axpy(-1, biased, ofScale);
    logScale.addGradient(ofScale);
  }

  private Tensor sums(Tape tape, Tensor coefficients) {
    Sparse sparse = tape.backend().sparse();
    Tensor sums = tape.temporary(bias.shape());
    sparse.unitSums(gates.winners(), coefficients, sums);
    return sums;
  }
}
