package dev.wta.models.optimizer;

import dev.wta.api.NamedCall;
import java.util.function.Function;

/**
 * A kind of schedule that a configuration can name: a value, which a jar lists in its {@link
 * TrainingProvider}.
 *
 * @param name the name before the bracket: lower case, such as {@code inverse}
 * @param example of its text for messages and help, such as {@code inverse(5e-6)}
 * @param constructor makes the schedule from its text; its {@link Schedule#name} reads as the same
 *     schedule again. Throws {@link IllegalArgumentException} that says which argument is wrong
 */
public record ScheduleFamily(
    String name, String example, Function<NamedCall, Schedule> constructor) {}
