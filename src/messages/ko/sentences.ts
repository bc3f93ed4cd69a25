/** English patterns, and the same in Korean (say.ts). */
export type Sentences = Readonly<Record<string, string>>;
