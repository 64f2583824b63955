package dev.wta.models.optimizer;

import dev.wta.api.NamedCall;
import java.util.function.BiFunction;

/**
 * A kind of optimiser that a configuration can name: a value, which a jar lists in its {@link
 * TrainingProvider}.
 *
 * @param name the name before the bracket: lower case, such as {@code adam}
 * @param example of its text for messages and help, such as {@code swats(1000)}
 * @param constructor makes the optimiser from its text and the setting {@code rate}; {@link
 *     Optimizer#completedBy} then sees the other settings, such as {@code decay}. The {@code
 *     optimizer} of its {@link Optimizer#describe} reads as the same one again. Throws {@link
 *     IllegalArgumentException} that says which argument is wrong
 */
public record OptimizerFamily(
    String name, String example, BiFunction<NamedCall, Double, Optimizer> constructor) {}
