package dev.wta.backend.nd4j;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips tests on platforms that the class path has no natives of ND4J for. Where it has them, tests
 * run, and fail if ND4J does not start.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WhereNativesAre.Condition.class)
@interface WhereNativesAre {

  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      String library =
          "org/nd4j/linalg/cpu/nativecpu/bindings/%s/%s"
              .formatted(Loader.getPlatform(), System.mapLibraryName("jnind4jcpu"));
      return Condition.class.getClassLoader().getResource(library) == null
          ? ConditionEvaluationResult.disabled("the class path has no " + library)
          : ConditionEvaluationResult.enabled("the class path has " + library);
    }
  }
}
