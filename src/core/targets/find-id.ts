/**
 * The place of an identifier among others in ascending order, -1 where it is not among them. `halves` are the 32-bit halves of a BigUint64Array, the lower first: reading
 * a big integer out of it allocates.
 */
export function findId(halves: Uint32Array, id: bigint): number {
  const high = Number(id >> 32n);
  const low = Number(id & 0xffff_ffffn);
  let [from, to] = [0, halves.length / 2 - 1];
  while (from <= to) {
    const middle = (from + to) >>> 1;
    const highHere = halves[2 * middle + 1] ?? 0;
    const lowHere = halves[2 * middle] ?? 0;
    if (highHere === high && lowHere === low) return middle;
    if (highHere < high || (highHere === high && lowHere < low)) from = middle + 1;
    else to = middle - 1;
  }
  return -1;
}
