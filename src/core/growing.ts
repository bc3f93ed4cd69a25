type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** A typed array that grows by half when it is full, so that the number of rows need not be known. */
export class Growing<Of extends Numbers> {
  private values: Of;
  private readonly make: (length: number) => Of;
  length = 0;

  constructor(make: (length: number) => Of, expected = 1024) {
    this.make = make;
    this.values = make(Math.max(16, expected));
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = this.make(Math.ceil(this.values.length * 1.5));
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }
}
