package dev.wta.api.contract.support;

import dev.wta.api.op.Window;
import java.util.Optional;

/** A term of a factored gradient on every side. */
public record TwinTerm(
    TwinWinners winners, Twin coefficients, Twin batch, Optional<Window> window) {}
