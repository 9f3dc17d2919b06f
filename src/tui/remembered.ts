// Work that is not done again while what it depends on is the same.

/** Gives what `make` gives, and the very same again while the arguments, by reference, are those of the last time. */
export function remembered<Arguments extends readonly unknown[], Result>(
  make: (...values: Arguments) => Result,
): (...values: Arguments) => Result {
  let last: { values: Arguments; result: Result } | undefined;
  return (...values) => {
    if (!last || values.some((value, index) => value !== last?.values[index]))
      last = { values, result: make(...values) };
    return last.result;
  };
}
