package dev.wta.backend.cuda.check;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.contract.BackendContract;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs the backend contract on a backend that is named at run time. */
final class ContractRun {
  private static final String BACKEND = "wta.check.backend";
  private static final int FAILURES_SHOWN = 20;

  private ContractRun() {}

  /** The contract on the backend that the property names. */
  static class NamedBackend extends BackendContract {
    @Override
    protected Backend open(BackendOptions options) {
      return Backends.named(System.getProperty(BACKEND), options);
    }
  }

  static boolean passes(String backend, String who, Results results) {
    System.setProperty(BACKEND, backend);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(NamedBackend.class))
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    summary.printFailuresTo(
        new PrintWriter(System.err, true, StandardCharsets.UTF_8), FAILURES_SHOWN);
    long failed = summary.getTotalFailureCount();
    long passed = summary.getTestsSucceededCount();
    results.add(who, "contract: checks passed", Long.toString(passed), "checks");
    results.add(who, "contract: checks failed", Long.toString(failed), "checks");
    return failed == 0 && passed > 0;
  }
}
