/**
 * Random cases of every operation, against the reference: part of the contract, and a program that
 * runs as many as one likes. {@link dev.wta.api.contract.fuzz.Data} lists what the numbers can be.
 *
 * <p>What is left out, and why:
 *
 * <ul>
 *   <li>what the operations refuse, such as shapes that do not go together: the contract checks the
 *       refusals themselves;
 *   <li>labels that are no class, clipping bounds that are NaN, negative second moments, and
 *       outputs of a sigmoid outside [0, 1]: operations do not define what comes of them;
 *   <li>where the magnitudes of a sum's terms add up to more than float32 holds, any result is
 *       accepted, see {@link dev.wta.api.backend.Backend}; an encoder with such sums must only
 *       leave its inputs alone and give the same bits with any number of threads;
 *   <li>a product that is not finite and scaled by 0 may or may not come out NaN, see {@link
 *       dev.wta.api.op.Dense#gemm}; so may one with the weight 0 in {@link
 *       dev.wta.api.op.Dense#normalProduct}, and one with an infinite weight, 0 but for rounding,
 *       may come out infinite or NaN;
 *   <li>filters that are not finite may make any output of a convolution NaN, see {@link
 *       dev.wta.api.op.Convolution}; so may what is not finite in images and maps of a filter's
 *       gradient; encoders of maps must then only give the same bits with any number of threads;
 *   <li>rows of a parameter that are not finite may become NaN in a tangent step, see {@link
 *       dev.wta.api.op.Update};
 *   <li>winners of nested rules are compared exactly, on sums without rounding, but not where sums
 *       are rounded: which of a chain's near-ties may win cannot be seen from the outside.
 * </ul>
 */
package dev.wta.api.contract.fuzz;
