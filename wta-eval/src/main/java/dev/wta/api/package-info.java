/**
 * What every module needs: the one exception that users read, progress, calls such as
 * name(arguments), the version.
 */
package dev.wta.api;
