/**
 * The GPU as a resource: context, stream, memory pool, launch lists and graphs, and what is
 * installed.
 */
package dev.wta.backend.cuda.device;
