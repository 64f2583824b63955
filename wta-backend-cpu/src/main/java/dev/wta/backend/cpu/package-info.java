/** The backend on the JDK's Vector API. */
package dev.wta.backend.cpu;
