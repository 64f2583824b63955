package dev.wta.peers.bytedeco;

import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.CompilationUnit;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.QualifiedName;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Numbers that training changes, and what its optimiser remembers of them. The update is PyTorch's
 * fused kernel, one pass over the memory, which the binding reaches through TorchScript.
 */
final class Parameter implements AutoCloseable {
  /** The kernels take lists, which the binding cannot make. */
  private static final CompilationUnit LIST =
      torch.compile(
          """
          def list(x: Tensor) -> List[Tensor]:
              return [x]
          """);

  final Tensor value;
  private final TensorOptional optional;
  private final CompilationUnit update;
  private final IValue values;
  private final List<IValue> state;

  private Parameter(Tensor value, CompilationUnit update, Tensor... state) {
    this.value = value.requires_grad_(true);
    this.update = update;
    optional = new TensorOptional(value);
    values = list(value);
    this.state = Stream.of(state).map(Parameter::list).toList();
  }

  /** A parameter of SGD with momentum. */
  static Parameter sgd(Tensor value, float rate, float momentum) {
    CompilationUnit update =
        torch.compile(
            """
            def update(values: List[Tensor], gradients: List[Tensor], velocities: List[Tensor]):
                torch._fused_sgd_(values, gradients, velocities, weight_decay=0.0, momentum=%s,
                    lr=%s, dampening=0.0, nesterov=False, maximize=False, is_first_step=False)
            """
                .formatted(momentum, rate));
    return new Parameter(value, update, torch.zeros_like(value));
  }

  /** A parameter of Adam with its usual constants. */
  static Parameter adam(Tensor value, float rate) {
    CompilationUnit update =
        torch.compile(
            """
            def update(values: List[Tensor], gradients: List[Tensor], means: List[Tensor],
                       variances: List[Tensor], steps: List[Tensor]):
                steps[0] += 1
                torch._fused_adam_(values, gradients, means, variances, [], steps, lr=%s, beta1=0.9,
                    beta2=0.999, weight_decay=0.0, eps=1e-8, amsgrad=False, maximize=False)
            """
                .formatted(rate));
    return new Parameter(
        value, update, torch.zeros_like(value), torch.zeros_like(value), torch.zeros());
  }

  private static IValue list(Tensor x) {
    return call(LIST, "list", new IValueVector(new IValue(x)));
  }

  private static IValue call(CompilationUnit script, String function, IValueVector arguments) {
    return script.get_function(new QualifiedName(function)).apply(arguments);
  }

  /** For the arguments that may be absent. */
  TensorOptional optional() {
    return optional;
  }

  /** Changes the numbers by their gradient, and forgets it. */
  void update() {
    Tensor gradient = value.mutable_grad();
    IValueVector arguments = new IValueVector(values, list(gradient));
    state.forEach(arguments::push_back);
    call(update, "update", arguments);
    gradient.reset();
  }

  @Override
  public void close() {
    state.forEach(IValue::close);
    values.close();
    update.close();
    optional.close();
    value.close();
  }
}
