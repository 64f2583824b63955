/**
 * What wta is compared on with other frameworks. Both sides of a comparison read shapes, settings
 * and first numbers here, so they do the same mathematics on the same data; each peer runs in a
 * process of its own, with nothing of wta on its class path but this module and the API.
 */
package dev.wta.workloads;
