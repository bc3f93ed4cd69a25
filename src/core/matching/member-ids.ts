const largestExact = Number.MAX_SAFE_INTEGER;

/** Ids of kept members: eight bytes an id while it is an ordinary decimal number, its text where it is not; in the order of the rows. */
export class MemberIds {
  private numbers: Float64Array;
  private readonly texts: string[] = [];
  length = 0;

  constructor(expected: number) {
    this.numbers = new Float64Array(Math.max(16, expected));
  }

  push(id: string): void {
    if (this.length === this.numbers.length) {
      const larger = new Float64Array(Math.ceil(this.length * 1.5));
      larger.set(this.numbers);
      this.numbers = larger;
    }
    const number = Number(id);
    if (number >= 0 && number <= largestExact && String(number) === id) this.numbers[this.length] = number;
    else {
      this.texts.push(id);
      this.numbers[this.length] = -this.texts.length;
    }
    this.length += 1;
  }

  at(row: number): string {
    const number = this.numbers[row] ?? 0;
    return number < 0 ? (this.texts[-number - 1] ?? "") : String(number);
  }
}
