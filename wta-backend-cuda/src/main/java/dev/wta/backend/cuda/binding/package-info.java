/**
 * NVIDIA's libraries through the JDK's Foreign Function and Memory API: handles written by hand for
 * the calls that are used, each status checked. Nothing native is built or shipped.
 */
package dev.wta.backend.cuda.binding;
