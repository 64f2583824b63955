package dev.wta.models;

import java.util.List;

/**
 * The kinds of model that a jar adds; named in {@code
 * META-INF/services/dev.wta.models.ModelProvider}, one line a jar.
 */
public interface ModelProvider {
  List<ModelFamily> families();
}
