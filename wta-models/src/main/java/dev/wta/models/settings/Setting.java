package dev.wta.models.settings;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a component of a record as a setting: a key of configurations, named as the component with
 * hyphens, {@code decoderRows} being {@code decoder-rows}. See {@link SettingsRecord}.
 *
 * <p>{@code int}, {@code long}, {@code double}, {@code boolean}, enumerations and {@code
 * List<Integer>} need no more; a component of another type names how it is written in {@link #as}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /** What it does, for people. */
  String help();

  /** The least allowed number. */
  double min() default Double.NEGATIVE_INFINITY;

  /** What a number has to exceed, in place of {@link #min}. */
  double above() default Double.NaN;

  /** The largest allowed number. */
  double max() default Double.POSITIVE_INFINITY;

  /** How a value of another type is written; a class with a constructor without parameters. */
  Class<? extends SettingType> as() default SettingType.class;

  /** What to call the type in help and messages, in place of its own description. */
  String type() default "";

  /**
   * Another key for this setting, see {@link #shorthandFor}: {@code lifetime}. None where empty.
   */
  String shorthand() default "";

  /**
   * Whether it determines the parameters' shapes, meaning or initial values: then it cannot change
   * when a training starts from a run's parameters.
   */
  boolean shapesParameters() default false;

  /** What a shorthand's value stands for, with {@code %s} in its place: {@code lifetime(%s)}. */
  String shorthandFor() default "%s";
}
