// Measures two contestants in turns, so that what changes on the machine meanwhile changes for both.
import type { Contestant } from "./launch.ts";

/** What was measured of the contestant and of what it is compared with. */
export type Pair<T> = readonly [contestant: T, reference: T];

export interface Bench {
  contestants: Pair<Contestant>;
  /** Fewer rounds, shorter measurements. */
  quick: boolean;
}

/**
 * Takes each measurement of each contestant once a round; the order of the two reverses with every round.
 * Gives, for each measurement, its pairs in the order of the rounds.
 */
export async function inTurns<Subject, Side, T>(
  subjects: readonly Subject[],
  contestants: Pair<Side>,
  rounds: number,
  measure: (contestant: Side, subject: Subject) => Promise<T>,
): Promise<Map<Subject, Pair<T>[]>> {
  const [contestant, reference] = contestants;
  const pairs = new Map<Subject, Pair<T>[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [subject, taken] of pairs) {
      if (round % 2 === 0) {
        const first = await measure(contestant, subject);
        taken.push([first, await measure(reference, subject)]);
      } else {
        const first = await measure(reference, subject);
        taken.push([await measure(contestant, subject), first]);
      }
    }
  }
  return pairs;
}
