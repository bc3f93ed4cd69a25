/** An id to recognise, not to read: `10******51`. */
export function maskId(id: string): string {
  return id.length < 6 ? "*".repeat(id.length) : `${id.slice(0, 2)}${"*".repeat(id.length - 4)}${id.slice(-2)}`;
}
