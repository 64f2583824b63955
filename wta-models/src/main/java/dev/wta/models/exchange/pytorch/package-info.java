/**
 * PyTorch's files of state dictionaries, in and out: a ZIP of a pickle and of the tensors' numbers.
 * Nothing that a pickle asks for is run.
 */
package dev.wta.models.exchange.pytorch;
