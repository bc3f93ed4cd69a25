import { setFlagsFromString } from "node:v8";

/**
 * For streams of members of which nothing is kept. Rows that live as long as their page make V8 put all later ones where only its slow collector looks: memory then grows by some
 * 70 MB before it comes. Rows of 500 a page that stay in the young generation keep it flat (docs/benchmarks.md).
 */
export function letRowsDieYoung(): void {
  setFlagsFromString("--no-allocation-site-pretenuring");
}
