package dev.wta.backend.nd4j;

import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backends;

/** A program that prints what {@link Backends} finds out about ND4J, and nothing else. */
final class PrintProbe {
  private PrintProbe() {}

  public static void main(String[] arguments) {
    for (Backends.Found found : Backends.probeAll()) {
      if (found.name().equals(Nd4jBackendProvider.NAME)) {
        System.out.println(
            switch (found.probe()) {
              case Availability.Usable(int score, String device) ->
                  "usable|" + score + "|" + device;
              case Availability.Unusable(String reason, String remedy) ->
                  "unusable|" + reason + "|" + remedy;
            });
      }
    }
  }
}
