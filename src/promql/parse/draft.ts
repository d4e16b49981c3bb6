/** A node while the parser still owns it: `offset`, `@` and signs come after it and change it. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };
