/** What Tailbone uses of jStat, which has no types of its own. */
declare module "jstat" {
  interface Distributions {
    readonly studentt: { inv(p: number, df: number): number; cdf(x: number, df: number): number };
    readonly normal: {
      inv(p: number, mean: number, sd: number): number;
      cdf(x: number, mean: number, sd: number): number;
    };
    readonly beta: { inv(p: number, a: number, b: number): number };
    /** Regularised incomplete gamma function P(a, x). */
    lowRegGamma(a: number, x: number): number;
  }
  const jstat: Distributions;
  export default jstat;
}
